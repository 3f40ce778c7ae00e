namespace KvCluster.Benchmarks.Etcd;

/// <summary>Where one member of the etcd cluster listens.</summary>
internal sealed record EtcdMember(string Name, Uri Client, Uri Peer);

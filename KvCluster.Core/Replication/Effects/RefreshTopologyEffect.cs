namespace KvCluster.Core.Replication.Effects;

/// <summary>A peer spoke of a higher epoch: fetch the topology from the master and believe only that.</summary>
public sealed record RefreshTopologyEffect : ReplicationEffect;

using System.Collections.Immutable;
using System.Net;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Wire;

namespace KvCluster.Benchmarks.Etcd;

/// <summary>The leader of an etcd cluster by gRPC, as etcd's own clients talk to it.</summary>
internal sealed class EtcdGrpcTarget(EtcdMember leader, ValueBlock values) : ITarget
{
    public string Name => "etcd, gRPC";
    public ImmutableArray<IPEndPoint> Servers { get; } = [new(IPAddress.Loopback, leader.Client.Port)];
    public int RequestBytesMax => GrpcPutExchange.HeadBytesMax + values.ValueBytes;
    public int ServerOf(int key) => 0;
    public IExchange OpenExchange(int server) => new GrpcPutExchange(leader.Client.Authority, values);
}

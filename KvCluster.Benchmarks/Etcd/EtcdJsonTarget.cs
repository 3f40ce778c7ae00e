using System.Buffers.Text;
using System.Collections.Immutable;
using System.Net;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Wire;

namespace KvCluster.Benchmarks.Etcd;

/// <summary>The leader of an etcd cluster behind its JSON gateway.</summary>
internal sealed class EtcdJsonTarget(EtcdMember leader, ValueBlock values) : ITarget
{
    public string Name => "etcd, JSON gateway";
    public ImmutableArray<IPEndPoint> Servers { get; } = [new(IPAddress.Loopback, leader.Client.Port)];
    public int RequestBytesMax => EtcdJsonRequests.HeadBytesMax + Base64.GetMaxEncodedToUtf8Length(values.ValueBytes);
    public int ServerOf(int key) => 0;
    public IExchange OpenExchange(int server) => new Http1Exchange(new EtcdJsonRequests(leader.Client, values));
}

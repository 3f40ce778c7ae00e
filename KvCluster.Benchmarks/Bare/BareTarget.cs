using System.Collections.Immutable;
using System.Net;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Wire;

namespace KvCluster.Benchmarks.Bare;

/// <summary>A server that gives the same bytes to everybody. The requests are those that the cluster gets.</summary>
internal sealed class BareTarget(string name, Uri url, int valueBytes) : ITarget
{
    private readonly ValueBlock _values = new(valueBytes, seed: 0);

    public string Name => name;
    public ImmutableArray<IPEndPoint> Servers { get; } = [new(IPAddress.Parse(url.Host), url.Port)];
    public int RequestBytesMax => Cluster.KvRequests.HeadBytesMax + valueBytes;
    public int ServerOf(int key) => 0;
    public IExchange OpenExchange(int server) => new Http1Exchange(new Cluster.KvRequests(url, _values));
}

using System.Collections.Immutable;
using System.Net;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Wire;

namespace KvCluster.Benchmarks.Redis;

/// <summary>One server by its Redis-protocol port.</summary>
internal sealed class RespTarget(string name, IPEndPoint server, RespRequests requests) : ITarget
{
    public string Name => name;
    public ImmutableArray<IPEndPoint> Servers { get; } = [server];
    public int RequestBytesMax => requests.BytesMax;
    public int ServerOf(int key) => 0;
    public IExchange OpenExchange(int server) => new RespExchange(requests);
}

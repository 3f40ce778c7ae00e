using System.Collections.Immutable;
using System.Net;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Wire;

namespace KvCluster.Benchmarks.Telemetry;

/// <summary>A target under another name, to tell two clusters apart.</summary>
internal sealed class NamedTarget(ITarget target, string name) : ITarget
{
    public string Name => name;
    public ImmutableArray<IPEndPoint> Servers => target.Servers;
    public int RequestBytesMax => target.RequestBytesMax;
    public int ServerOf(int key) => target.ServerOf(key);
    public IExchange OpenExchange(int server) => target.OpenExchange(server);
}

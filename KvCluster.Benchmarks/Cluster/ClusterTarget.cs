using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Json;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Wire;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;

namespace KvCluster.Benchmarks.Cluster;

/// <summary>The mains of a cluster; each key goes to the one that owns its slot.</summary>
/// <remarks>The topology is read once. A change of mains during a run shows as errors.</remarks>
internal sealed class ClusterTarget : ITarget
{
    private readonly ImmutableArray<Uri> _urls;
    private readonly byte[] _serverOfSlot = new byte[Slot.Count];
    private readonly ValueBlock _values;

    private ClusterTarget(ClusterTopology topology, ValueBlock values, ImmutableArray<IPEndPoint> servers)
    {
        _values = values;
        Servers = servers;
        _urls = [.. topology.Nodes.Select(node => node.MainServer.Http)];
        foreach (var slot in Enumerable.Range(0, Slot.Count))
        {
            var owner = topology.OwnerOf(new Slot((ushort)slot)) ?? throw new BenchmarkException($"Nobody serves slot {slot}.");
            _serverOfSlot[slot] = checked((byte)topology.Nodes.IndexOf(owner));
        }
    }

    public string Name => "KvCluster";

    public ImmutableArray<IPEndPoint> Servers { get; }
    public int RequestBytesMax => KvRequests.HeadBytesMax + _values.ValueBytes;

    /// <param name="seed">Any server of the cluster.</param>
    /// <param name="valueBytes">Size of the values that are put and expected.</param>
    public static async Task<ClusterTarget> ConnectAsync(Uri seed, int valueBytes, ulong valueSeed, CancellationToken cancellation)
    {
        var topology = await ReadTopologyAsync(seed, cancellation);
        var addresses = new List<IPEndPoint>();
        foreach (var node in topology.Nodes)
            addresses.Add(await ResolveAsync(node.MainServer.Http, cancellation));
        return new ClusterTarget(topology, new ValueBlock(valueBytes, valueSeed), [.. addresses]);
    }

    public static async Task<ClusterTopology> ReadTopologyAsync(Uri seed, CancellationToken cancellation)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            return await http.GetFromJsonAsync(new Uri(seed, "/cluster/topology"), KvJson.Default.ClusterTopology, cancellation)
                ?? throw new BenchmarkException($"{seed} sent no topology.");
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new BenchmarkException($"{seed} does not tell the topology: {error.Message}", error);
        }
    }

    public int ServerOf(int key)
    {
        Span<byte> name = stackalloc byte[KeyNames.Bytes];
        KeyNames.Write(key, name);
        return _serverOfSlot[SlotHash.Of(name).Value];
    }

    public IExchange OpenExchange(int server) => new Http1Exchange(new KvRequests(_urls[server], _values));

    private static async Task<IPEndPoint> ResolveAsync(Uri url, CancellationToken cancellation)
    {
        var addresses = await Dns.GetHostAddressesAsync(url.Host, cancellation);
        return new IPEndPoint(addresses[0], url.Port);
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using KvCluster.Benchmarks.Cluster;
using KvCluster.Benchmarks.Measurement;
using KvCluster.Node.Storage;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Topology;

namespace KvCluster.Benchmarks.Recovery;

/// <summary>How fast the topology changes, and how fast everybody knows.</summary>
internal sealed class TopologyExperiment(ClusterUnderTest cluster) : IDisposable
{
    private const int Changes = 100;
    private const int Pushes = 20;
    private const int VoteBytes = 8 << 10;
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = int.MaxValue });

    public async Task<TopologyResult> RunAsync(int watchers, int registered, CancellationToken cancellation)
    {
        var (topology, _) = await new NodeWatch(cluster).WaitUntilWholeAsync(cancellation);
        var master = topology.FindServer(topology.Master)!.Http;
        var changes = new LatencyHistogram();
        for (var change = 0; change < Changes; change++)
        {
            var began = Stopwatch.GetTimestamp();
            await ChangeAsync(master, change, cancellation);
            changes.Record((long)Stopwatch.GetElapsedTime(began).TotalNanoseconds);
            await WaitUntilKnownAsync(topology, master, cancellation);
        }

        var pushes = await PushAsync(topology, master, watchers, cancellation);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, registered).Select(server => RegisterAsync(master, server, cancellation)));
        var registration = Math.Round(clock.Elapsed.TotalMilliseconds, 1);
        return new TopologyResult(MachineInfo.Here(), LatencySummary.Of(changes), ReplaceMilliseconds(), watchers, pushes, registered, registration);
    }

    private async Task<IReadOnlyList<double>> PushAsync(ClusterTopology topology, Uri master, int watchers, CancellationToken cancellation)
    {
        Uri[] servers = [.. topology.Servers.Select(server => server.Http)];
        using var group = await TopologyWatchers.StartAsync(servers, watchers, cancellation);
        var pushes = new List<double>();
        for (var change = 0; change < Pushes; change++)
        {
            var began = Stopwatch.GetTimestamp();
            await ChangeAsync(master, change, cancellation);
            var version = (await ClusterTarget.ReadTopologyAsync(master, cancellation)).Version;
            await group.WaitAsync(version, cancellation);
            pushes.Add(Math.Round(Stopwatch.GetElapsedTime(began).TotalMilliseconds, 1));
        }

        return pushes;
    }

    // What the change before still costs the servers that learn of it belongs to no change.
    private static async Task WaitUntilKnownAsync(ClusterTopology topology, Uri master, CancellationToken cancellation)
    {
        var version = (await ClusterTarget.ReadTopologyAsync(master, cancellation)).Version;
        foreach (var server in topology.Servers)
            while ((await ClusterTarget.ReadTopologyAsync(server.Http, cancellation)).Version < version) await Task.Delay(1, cancellation);
    }

    // The cheapest change there is: one word of the settings, to and fro.
    private async Task ChangeAsync(Uri master, int number, CancellationToken cancellation)
    {
        var mode = number % 2 == 0 ? WriteMode.Strict : WriteMode.InSync;
        using var answer = await _http.PutAsync(new Uri(master, $"/cluster/settings/write-mode/{mode}"), null, cancellation);
        if (!answer.IsSuccessStatusCode) throw new BenchmarkException($"The topology was not changed: {(int)answer.StatusCode}.");
    }

    // Witnesses that nobody will ever reach: what is measured is the registration.
    private async Task RegisterAsync(Uri master, int number, CancellationToken cancellation)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"bench-{number}");
        var request = new RegistrationRequest
        {
            // A new server belongs to no cluster yet.
            ClusterId = ClusterId.None,
            StoreId = new StoreId(Guid.NewGuid()),
            Name = name,
            Kind = ServerKind.Witness,
            Http = new Uri($"http://127.0.0.1:{1 + number}"),
            Peer = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{1_001 + number}"),
            RunId = Guid.NewGuid(),
        };
        using var answer = await _http.PostAsJsonAsync(new Uri(master, "/cluster/nodes"), request, KvJson.Default.RegistrationRequest, cancellation);
        if (!answer.IsSuccessStatusCode) throw new BenchmarkException($"{name} was not registered: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellation)}");
    }

    public void Dispose() => _http.Dispose();

    private static double ReplaceMilliseconds()
    {
        var folder = Directory.CreateTempSubdirectory("kvcluster-bench-");
        var times = new List<double>();
        for (var time = 0; time < Changes; time++)
        {
            var began = Stopwatch.GetTimestamp();
            AtomicFile.Write(Path.Combine(folder.FullName, "vote"), new byte[VoteBytes]);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        folder.Delete(recursive: true);
        return Math.Round(times.Order().ElementAt(times.Count / 2), 3);
    }
}

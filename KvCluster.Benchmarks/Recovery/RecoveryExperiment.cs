using System.Diagnostics;
using KvCluster.Benchmarks.Cluster;
using KvCluster.Benchmarks.Measurement;
using KvCluster.Client;

namespace KvCluster.Benchmarks.Recovery;

/// <summary>Disturbs the cluster's last node again and again while programs write through the client library.</summary>
/// <remarks>
/// The time without service is counted from the disturbance to the end of the longest silence after it. The first acknowledgement alone
/// would say nothing: one that a dying main had sent already may still lie in the socket.
/// </remarks>
internal sealed class RecoveryExperiment(ClusterUnderTest cluster, IDisturbance disturbance, int writers)
{
    private const int AcknowledgementsOfHealth = 200;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);
    private readonly AcknowledgementLog _log = new();

    public async Task<RecoveryResult> RunAsync(int times, CancellationToken cancellation)
    {
        var watch = new NodeWatch(cluster);
        var (node, state) = await watch.WaitUntilProtectedAsync(after: null, cancellation);
        using var client = new KvClusterClient(Options(state));
        await using var group = WriterGroup.Start(client, _log, node, writers);
        await Task.Delay(Settling, cancellation);
        var incidents = new List<Incident>();
        for (var number = 1; number <= times; number++)
        {
            var main = node.MainServer.Name;
            _log.Clear();
            await WaitForAcknowledgementsAsync(0, cancellation);
            var began = Stopwatch.GetTimestamp();
            await disturbance.DisturbAsync(node, state, cancellation);
            (node, state) = await watch.WaitUntilProtectedAsync(after: node, cancellation);
            await WaitForAcknowledgementsAsync(_log.Count, cancellation);
            incidents.Add(new Incident(main, Math.Round(Stopwatch.GetElapsedTime(began, _log.LongestSince(began).End).TotalMilliseconds, 1)));
            await Console.Error.WriteLineAsync($"{number} of {times}: {disturbance.Name}, {main}: {incidents[^1].UnavailableMilliseconds} ms");
        }

        await group.StopAsync();
        var lost = await group.CountLostAsync(cancellation);
        return new RecoveryResult(
            MachineInfo.Here(), disturbance.Name, writers, incidents, Summary(incidents), group.Errors, group.Acknowledged, lost);
    }

    public static KvClientOptions Options(ClusterState state)
    {
        var options = new KvClientOptions();
        foreach (var server in state.Servers.Where(server => server.Role != ServerEntry.Witness))
            options.Endpoints.Add(server.Url);
        return options;
    }

    private static LatencySummary Summary(IEnumerable<Incident> incidents)
    {
        const double NanosecondsPerMillisecond = 1e6;
        var histogram = new LatencyHistogram();
        foreach (var incident in incidents)
            histogram.Record((long)(incident.UnavailableMilliseconds * NanosecondsPerMillisecond));
        return LatencySummary.Of(histogram);
    }

    private async Task WaitForAcknowledgementsAsync(int beyond, CancellationToken cancellation)
    {
        var waited = Stopwatch.StartNew();
        while (_log.Count < beyond + AcknowledgementsOfHealth)
        {
            if (waited.Elapsed > Patience)
                throw new BenchmarkException($"Writes did not go on within {Patience.TotalSeconds} s.");
            await Task.Delay(PollInterval, cancellation);
        }
    }
}

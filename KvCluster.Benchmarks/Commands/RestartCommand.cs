using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using KvCluster.Benchmarks.Cluster;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Measurement;
using KvCluster.Benchmarks.Recovery;
using KvCluster.Benchmarks.Sockets;
using KvCluster.Client;

namespace KvCluster.Benchmarks.Commands;

/// <summary><c>restart</c>: both servers of a node die with everything in their logs, and come back.</summary>
internal sealed class RestartCommand : Command
{
    private readonly LoadOptions _load = new();
    private readonly OutputOption _output = new();

    public RestartCommand() : base("restart", "How long a node needs to serve again when both its servers were killed after as many writes as there are keys.")
    {
        _load.AddTo(this);
        _output.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        await using var cluster = await ClusterUnderTest.StartAsync(slaves: 0, new Dictionary<string, string>(), cancellation);
        var (node, state) = await new NodeWatch(cluster).WaitUntilProtectedAsync(after: null, cancellation);
        var plan = _load.Read(parsed);
        var filled = await LoadRun.FillAsync(await cluster.TargetAsync(plan, cancellation), plan, [], cancellation);
        using var client = new KvClusterClient(RecoveryExperiment.Options(state));
        await client.PutAsync("restart", "before", cancellationToken: cancellation);

        var clock = Stopwatch.StartNew();
        foreach (var server in node.Servers) LinuxCalls.Signal(state.ProcessOf(server.Name), Signals.Kill);
        while (!await TryPutAsync(client, cancellation))
        {
        }

        var result = new RestartResult(MachineInfo.Here(), filled.Operations, Math.Round(clock.Elapsed.TotalSeconds, 2));
        _output.Write(parsed, result, BenchmarkJson.Default.RestartResult, Write);
        return 0;
    }

    private static async Task<bool> TryPutAsync(KvClusterClient client, CancellationToken cancellation)
    {
        try
        {
            await client.PutAsync("restart", "after", cancellationToken: cancellation);
            return true;
        }
        catch (KvClusterException)
        {
            // Not within the time budget of one call: the clock goes on.
            return false;
        }
    }

    private static void Write(RestartResult result, TextWriter output) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"{result.Entries:N0} entries, both servers killed and started again: {result.ServingSeconds:0.0} s until a write was acknowledged"));
}

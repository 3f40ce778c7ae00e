using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using KvCluster.Benchmarks.Cluster;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Measurement;
using KvCluster.Benchmarks.Output;
using KvCluster.Benchmarks.Recovery;
using KvCluster.Benchmarks.Sockets;

namespace KvCluster.Benchmarks.Commands;

/// <summary><c>catch-up</c>: a replica stands still while a million keys are written, and comes back under load.</summary>
internal sealed class CatchUpCommand : Command
{
    private readonly LoadOptions _load = new();
    private readonly OutputOption _output = new();

    private readonly Option<double> _rate = new("--rate")
    {
        Description = "Writes that begin in a second before and meanwhile, latency counted from when each should begin.",
        DefaultValueFactory = _ => 4_000,
    };

    public CatchUpCommand() : base("catch-up", "How long a replica that missed as many writes as there are keys needs to be in sync again under load, and what the main's latency is meanwhile.")
    {
        Options.Add(_rate);
        _load.AddTo(this);
        _output.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        await using var cluster = await ClusterUnderTest.StartAsync(slaves: 0, new Dictionary<string, string>(), cancellation);
        var watch = new NodeWatch(cluster);
        var (node, state) = await watch.WaitUntilProtectedAsync(after: null, cancellation);
        var plan = _load.Read(parsed);
        var paced = plan with { Workload = plan.Workload with { ReadShare = 0 }, RatePerSecond = parsed.GetValue(_rate) };
        var target = await cluster.TargetAsync(plan, cancellation);
        var before = await LoadRun.RunAsync(target, paced, [], cancellation);

        var replica = state.ProcessOf(node.ReplicaServer!.Name);
        LinuxCalls.Signal(replica, Signals.Stop);
        CatchUpResult result;
        try
        {
            await Console.Error.WriteLineAsync("The replica stands still; writing ...");
            var missed = await LoadRun.FillAsync(target, plan, [], cancellation);
            await Console.Error.WriteLineAsync("The replica goes on ...");
            var clock = Stopwatch.StartNew();
            LinuxCalls.Signal(replica, Signals.Continue);
            var load = LoadRun.RunAsync(target, paced with { WarmUp = TimeSpan.Zero }, [], cancellation);
            var inSync = InSyncAsync(watch, clock, cancellation);
            var meanwhile = await load;
            result = new CatchUpResult(MachineInfo.Here(), missed.Operations, inSync.IsCompletedSuccessfully ? Math.Round(await inSync, 2) : null, before, meanwhile);
            await inSync;
        }
        finally
        {
            LinuxCalls.Signal(replica, Signals.Continue);
        }

        _output.Write(parsed, result, BenchmarkJson.Default.CatchUpResult, Write);
        return 0;
    }

    private static async Task<double> InSyncAsync(NodeWatch watch, Stopwatch clock, CancellationToken cancellation)
    {
        await watch.WaitUntilProtectedAsync(after: null, cancellation);
        return clock.Elapsed.TotalSeconds;
    }

    private static void Write(CatchUpResult result, TextWriter output)
    {
        var seconds = result.InSyncSeconds is { } time ? time.ToString("0.0", CultureInfo.InvariantCulture) : "more than the load ran";
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.MissedWrites:N0} writes missed; seconds until in sync again, under load: {seconds}"));
        output.WriteLine("Both copies, before:");
        LoadReportText.Write(result.Before, output);
        output.WriteLine("From the replica's return on:");
        LoadReportText.Write(result.Meanwhile, output);
    }
}

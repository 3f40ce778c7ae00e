using System.CommandLine;
using KvCluster.Benchmarks.Cluster;
using KvCluster.Benchmarks.Comparisons;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Measurement;
using KvCluster.Benchmarks.Output;
using KvCluster.Benchmarks.Telemetry;

namespace KvCluster.Benchmarks.Commands;

/// <summary><c>compare telemetry</c>: the same cluster with logs, metrics and traces sent to a collector, and without.</summary>
internal sealed class CompareTelemetryCommand : Command
{
    private readonly LoadOptions _load = new();
    private readonly OutputOption _output = new();
    private readonly Option<int> _rounds = LoadOptions.Number("--rounds", "Rounds of each.", 3, 1, 100);

    public CompareTelemetryCommand() : base("telemetry", "GET and PUT at two throw-away clusters, one of which sends its telemetry to a local collector.")
    {
        Options.Add(_rounds);
        _load.AddTo(this);
        _output.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var plan = _load.Read(parsed);
        await using var collector = await LocalCollector.StartAsync(cancellation);
        await using var silent = await ClusterUnderTest.StartAsync(0, new Dictionary<string, string>(), cancellation);
        await using var telling = await ClusterUnderTest.StartAsync(0, collector.Environment, cancellation);
        var (without, with) = (await PrepareAsync(silent, "without telemetry", plan, cancellation), await PrepareAsync(telling, "with telemetry", plan, cancellation));
        var comparisons = new List<Comparison>();
        foreach (var (name, readShare) in new[] { ("GET", 1.0), ("PUT", 0.0) })
        {
            var mixed = plan with { Workload = plan.Workload with { ReadShare = readShare } };
            comparisons.Add(await Comparison.RunAsync($"{name}, telemetry on against off", with, without, mixed, parsed.GetValue(_rounds), cancellation));
        }

        // Without this the comparison would flatter a cluster that sends nothing.
        if (collector.Requests == 0) throw new BenchmarkException("The collector got nothing: the cluster with telemetry had none.");
        await Console.Error.WriteLineAsync($"The collector got {collector.Requests} requests of {collector.Bytes} bytes together.");
        _output.Write(parsed, new ComparisonResult(MachineInfo.Here(), comparisons), BenchmarkJson.Default.ComparisonResult, ComparisonText.Write);
        return 0;
    }

    private static async Task<Contender> PrepareAsync(ClusterUnderTest cluster, string name, LoadPlan plan, CancellationToken cancellation)
    {
        var target = await cluster.TargetAsync(plan, cancellation);
        await LoadRun.FillAsync(target, plan, [], cancellation);
        return new Contender(new NamedTarget(target, name), LoadCommand.Watched(await cluster.ProcessesAsync(cancellation)));
    }
}

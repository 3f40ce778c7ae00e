using System.CommandLine;
using KvCluster.Benchmarks.Bare;
using KvCluster.Benchmarks.Cluster;
using KvCluster.Benchmarks.Comparisons;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Measurement;
using KvCluster.Benchmarks.Output;

namespace KvCluster.Benchmarks.Commands;

/// <summary><c>compare http</c>: linearizable GET at the mains against Kestrel alone.</summary>
internal sealed class CompareHttpCommand : Command
{
    private readonly ClusterOptions _cluster = new();
    private readonly LoadOptions _load = new();
    private readonly OutputOption _output = new();
    private readonly Option<int> _rounds = LoadOptions.Number("--rounds", "Rounds of each.", 3, 1, 100);

    public CompareHttpCommand() : base("http", "Linearizable GET at the main against a bare Kestrel endpoint that returns as many bytes.")
    {
        Options.Add(_rounds);
        _load.AddTo(this);
        _cluster.AddTo(this);
        _output.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var plan = _load.Read(parsed);
        await using var cluster = await ClusterUnderTest.OpenAsync(_cluster.Read(parsed), cancellation);
        var target = await cluster.TargetAsync(plan, cancellation);
        await LoadRun.FillAsync(target, plan, [], cancellation);
        var ours = new Contender(target, LoadCommand.Watched(await cluster.ProcessesAsync(cancellation)));
        var comparisons = new List<Comparison>();
        foreach (var isTuned in new[] { false, true })
        {
            await using var bare = await BareServerProcess.StartAsync(plan.Workload.ValueBytes, isTuned, cancellation);
            var theirs = new Contender(new BareTarget(bare.Name, bare.Url, plan.Workload.ValueBytes), LoadCommand.Watched([bare.Watched]));
            var name = $"GET, linearizable, against {bare.Name}";
            comparisons.Add(await Comparison.RunAsync(name, ours, theirs, plan, parsed.GetValue(_rounds), cancellation));
        }

        _output.Write(parsed, new ComparisonResult(MachineInfo.Here(), comparisons), BenchmarkJson.Default.ComparisonResult, ComparisonText.Write);
        return 0;
    }
}

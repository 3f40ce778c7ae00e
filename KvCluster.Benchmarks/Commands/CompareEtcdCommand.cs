using System.CommandLine;
using KvCluster.Benchmarks.Cluster;
using KvCluster.Benchmarks.Comparisons;
using KvCluster.Benchmarks.Etcd;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Measurement;
using KvCluster.Benchmarks.Output;

namespace KvCluster.Benchmarks.Commands;

/// <summary><c>compare etcd</c>: PUT durable on both servers of a node against etcd's put, by both of etcd's doors.</summary>
internal sealed class CompareEtcdCommand : Command
{
    private readonly ClusterOptions _cluster = new();
    private readonly LoadOptions _load = new();
    private readonly OutputOption _output = new();
    private readonly Option<int> _rounds = LoadOptions.Number("--rounds", "Rounds of each.", 3, 1, 100);

    public CompareEtcdCommand() : base("etcd", "PUT durable on both servers of a node against puts of a three-member etcd.")
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
        plan = plan with { Workload = plan.Workload with { ReadShare = 0 } };
        await using var etcd = await EtcdCluster.StartAsync(cancellation);
        await using var cluster = await ClusterUnderTest.OpenAsync(_cluster.Read(parsed), cancellation);
        var values = new ValueBlock(plan.Workload.ValueBytes, plan.Seed);
        var ours = new Contender(
            await cluster.TargetAsync(plan, cancellation), LoadCommand.Watched(await cluster.ProcessesAsync(cancellation)));
        var comparisons = new List<Comparison>();
        foreach (var door in new ITarget[] { new EtcdGrpcTarget(etcd.Leader, values), new EtcdJsonTarget(etcd.Leader, values) })
        {
            var theirs = new Contender(door, LoadCommand.Watched(etcd.Processes));
            var name = $"PUT, durable on both servers, against {door.Name} (etcd {etcd.Version}, 3 members)";
            comparisons.Add(await Comparison.RunAsync(name, ours, theirs, plan, parsed.GetValue(_rounds), cancellation));
        }

        var result = new ComparisonResult(MachineInfo.Here(), comparisons);
        _output.Write(parsed, result, BenchmarkJson.Default.ComparisonResult, ComparisonText.Write);
        return 0;
    }
}

using System.CommandLine;
using System.Globalization;
using KvCluster.Benchmarks.Cluster;
using KvCluster.Benchmarks.Recovery;

namespace KvCluster.Benchmarks.Commands;

/// <summary><c>topology</c>: how fast the topology changes, reaches those who watch it, and takes servers in.</summary>
internal sealed class TopologyCommand : Command
{
    private readonly OutputOption _output = new();
    private readonly Option<int> _watchers = LoadOptions.Number("--watchers", "Clients that watch the topology.", 1_000, 1, 4_000);
    private readonly Option<int> _registered = LoadOptions.Number("--servers", "Servers that register at the same moment.", 50, 1, 1_000);

    public TopologyCommand() : base("topology", "How fast the topology changes with three voters, how fast everybody who watches it knows, and how fast servers are registered.")
    {
        Options.Add(_watchers);
        Options.Add(_registered);
        _output.AddTo(this);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        await using var cluster = await ClusterUnderTest.StartAsync(slaves: 1, new Dictionary<string, string>(), cancellation);
        using var experiment = new TopologyExperiment(cluster);
        var result = await experiment.RunAsync(parsed.GetValue(_watchers), parsed.GetValue(_registered), cancellation);
        _output.Write(parsed, result, BenchmarkJson.Default.TopologyResult, Write);
        return 0;
    }

    private static void Write(TopologyResult result, TextWriter output)
    {
        output.WriteLine(Text($"a change, ms: p50 {result.Changes.P50:0.0}, p99 {result.Changes.P99:0.0}, max {result.Changes.Max:0.0} (the disk, for one vote: {result.ReplaceMilliseconds:0.0}; a change waits for three)"));
        var pushes = result.Pushes.Order().ToArray();
        output.WriteLine(Text($"until all of {result.Watchers} watchers had it, ms: median {pushes[pushes.Length / 2]:0}, max {pushes[^1]:0}"));
        output.WriteLine(Text($"{result.Registered} servers registered at once, ms: {result.RegistrationMilliseconds:0}"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

using System.CommandLine;
using System.Globalization;
using KvCluster.Benchmarks.Cluster;
using KvCluster.Benchmarks.Recovery;

namespace KvCluster.Benchmarks.Commands;

/// <summary><c>master-loss</c>: how long the cluster has no master when its server is killed, and what the nodes see of it.</summary>
internal sealed class MasterLossCommand : Command
{
    private readonly ClusterOptions _cluster = new(slavesByDefault: 1);
    private readonly OutputOption _output = new();
    private readonly Option<int> _times = LoadOptions.Number("--times", "How often.", 20, 1, 10_000);
    private readonly Option<int> _writers = LoadOptions.Number("--writers", "Programs that write to each of the two nodes meanwhile.", 8, 1, 1000);

    public MasterLossCommand() : base("master-loss", "How long there is no master when its server is killed, and what the nodes see of it.")
    {
        Options.Add(_times);
        Options.Add(_writers);
        _cluster.AddTo(this);
        _output.AddTo(this);
        SetAction(RunAsync);
    }

    /// <returns>1 if an acknowledged write was lost.</returns>
    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        await using var cluster = await ClusterUnderTest.OpenAsync(_cluster.Read(parsed), cancellation);
        var result = await new MasterLossExperiment(cluster, parsed.GetValue(_writers)).RunAsync(parsed.GetValue(_times), cancellation);
        _output.Write(parsed, result, BenchmarkJson.Default.MasterLossResult, Write);
        return result.LostWrites == 0 ? 0 : 1;
    }

    private static void Write(MasterLossResult result, TextWriter output)
    {
        output.WriteLine($"kill -9 of the master's server, {result.NewMasterMilliseconds.Count} times; ms:");
        output.WriteLine($"until there was another master:                 {All(result.NewMasterMilliseconds)}");
        output.WriteLine($"longest silence of the other node's writes:     {All(result.LongestSilenceMilliseconds)}");
        output.WriteLine($"until its own node acknowledged a write again:  {All(result.OwnNodeMilliseconds)}");
        var errors = result.Errors.Count == 0 ? "none" : string.Join(", ", result.Errors.Select(error => $"{error.Key}: {error.Value}"));
        output.WriteLine($"exceptions at the callers: {errors}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"acknowledged writes: {result.AcknowledgedWrites:N0}, of them lost: {result.LostWrites}"));
    }

    private static string All(IReadOnlyList<double> times) =>
        string.Create(CultureInfo.InvariantCulture, $"median {times.Order().ElementAt(times.Count / 2):0}, max {times.Max():0} ({string.Join(' ', times.Select(time => time.ToString("0", CultureInfo.InvariantCulture)))})");
}

using System.CommandLine;
using System.Globalization;
using KvCluster.Benchmarks.Cluster;
using KvCluster.Benchmarks.Recovery;

namespace KvCluster.Benchmarks.Commands;

/// <summary><c>failover</c> and <c>handover</c>: how long writes are away, as a program sees it that uses the client library.</summary>
internal sealed class RecoveryCommand : Command
{
    // The node that is disturbed is not the master's own.
    private readonly ClusterOptions _cluster = new(slavesByDefault: 1);
    private readonly OutputOption _output = new();
    private readonly IDisturbance _disturbance;
    private readonly Option<int> _times = LoadOptions.Number("--times", "How often.", 30, 1, 10_000);
    private readonly Option<int> _writers = LoadOptions.Number("--writers", "Programs that write meanwhile.", 16, 1, 1000);

    public RecoveryCommand(string name, string description, IDisturbance disturbance) : base(name, description)
    {
        _disturbance = disturbance;
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
        var experiment = new RecoveryExperiment(cluster, _disturbance, parsed.GetValue(_writers));
        var result = await experiment.RunAsync(parsed.GetValue(_times), cancellation);
        _output.Write(parsed, result, BenchmarkJson.Default.RecoveryResult, Write);
        return result.LostWrites == 0 ? 0 : 1;
    }

    private static void Write(RecoveryResult result, TextWriter output)
    {
        var time = result.UnavailableMilliseconds;
        var all = string.Join(" ", result.Incidents.Select(incident => Text($"{incident.UnavailableMilliseconds:0}")));
        output.WriteLine(Text($"{result.Disturbance}, {result.Incidents.Count} times, {result.Writers} writers: ms without an acknowledged write"));
        output.WriteLine(Text($"p50 {time.P50:0}, p90 {time.P90:0}, p99 {time.P99:0}, max {time.Max:0} ({all})"));
        var errors = result.Errors.Count == 0 ? "none" : string.Join(", ", result.Errors.Select(error => Text($"{error.Key}: {error.Value}")));
        output.WriteLine($"exceptions at the callers: {errors}");
        output.WriteLine(Text($"acknowledged writes: {result.AcknowledgedWrites:N0}, of them lost: {result.LostWrites}"));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

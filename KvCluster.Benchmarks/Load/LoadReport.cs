using System.Text.Json.Serialization;
using KvCluster.Benchmarks.Measurement;

namespace KvCluster.Benchmarks.Load;

/// <summary>What a run found.</summary>
internal sealed record LoadReport
{
    public required string Target { get; init; }
    public required LoadPlan Plan { get; init; }
    public required double Seconds { get; init; }

    /// <summary>Answered as they should inside the measured window.</summary>
    public required long Operations { get; init; }
    public required double PerSecond { get; init; }
    public required IReadOnlyList<OperationReport> Latencies { get; init; }

    /// <summary>Writes by the number of durable copies that their answers named.</summary>
    public required IReadOnlyDictionary<string, long> WritesByCopies { get; init; }

    /// <summary>Everything that was not answered as it should, in the whole run.</summary>
    public required IReadOnlyDictionary<string, long> Errors { get; init; }
    public required IReadOnlyList<ProcessorUse> Processors { get; init; }

    [JsonIgnore]
    public string ErrorText => Errors.Count == 0 ? "none" : string.Join(", ", Errors.Select(error => $"{error.Key}: {error.Value}"));

    public static LoadReport Of(string target, LoadPlan plan, LoadTally tally, double seconds, ProcessorMeter meter) => new()
    {
        Target = target,
        Plan = plan,
        Seconds = Math.Round(seconds, 3),
        Operations = tally.CompletedInWindow,
        PerSecond = Math.Round(tally.CompletedInWindow / seconds, 1),
        Latencies = [.. Latency("GET", tally.Gets), .. Latency("PUT", tally.Puts)],
        WritesByCopies = Copies(tally.WritesByCopies),
        Errors = tally.Errors,
        Processors = meter.PerOperation(tally.CompletedInWindow),
    };

    private static IEnumerable<OperationReport> Latency(string operation, LatencyHistogram histogram) =>
        histogram.Count == 0 ? [] : [new OperationReport(operation, histogram.Count, LatencySummary.Of(histogram))];

    private static Dictionary<string, long> Copies(IReadOnlyList<long> writesByCopies)
    {
        string[] names = ["not said", "1", "2"];
        return names.Zip(writesByCopies).Where(pair => pair.Second > 0).ToDictionary(pair => pair.First, pair => pair.Second);
    }
}

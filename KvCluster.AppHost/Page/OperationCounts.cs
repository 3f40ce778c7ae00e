using System.Globalization;

namespace KvCluster.AppHost.Page;

/// <summary>How many operations took how long, as a server's Prometheus page says; a difference of two says it of the time between them.</summary>
/// <remarks>Format: https://prometheus.io/docs/instrumenting/exposition_formats/ (a histogram's buckets count from zero up to <c>le</c> seconds).</remarks>
internal sealed class OperationCounts
{
    private const string Bucket = "kvcluster_operation_duration_seconds_bucket{";
    private readonly SortedDictionary<double, double> _reads = [];
    private readonly SortedDictionary<double, double> _writes = [];

    public double Reads => Total(_reads);
    public double Writes => Total(_writes);

    public static OperationCounts Parse(IEnumerable<string> lines)
    {
        var counts = new OperationCounts();
        foreach (var line in lines)
        {
            if (!line.StartsWith(Bucket, StringComparison.Ordinal) || Label(line, "kvcluster_operation_name") is not { } operation || Label(line, "le") is not { } le)
                continue;
            var buckets = operation is "get" or "list" ? counts._reads : counts._writes;
            var bound = le == "+Inf" ? double.PositiveInfinity : double.Parse(le, CultureInfo.InvariantCulture);
            buckets[bound] = buckets.GetValueOrDefault(bound) + ValueOf(line);
        }

        return counts;
    }

    /// <summary>Of several servers together.</summary>
    public static OperationCounts Sum(IEnumerable<OperationCounts> all)
    {
        var sum = new OperationCounts();
        foreach (var one in all)
        {
            foreach (var (bound, count) in one._reads) sum._reads[bound] = sum._reads.GetValueOrDefault(bound) + count;
            foreach (var (bound, count) in one._writes) sum._writes[bound] = sum._writes.GetValueOrDefault(bound) + count;
        }

        return sum;
    }

    /// <summary>What came since; a server that began anew counts from zero.</summary>
    public OperationCounts Since(OperationCounts? earlier)
    {
        if (earlier is null || Reads < earlier.Reads || Writes < earlier.Writes)
            return earlier is null ? new OperationCounts() : this;
        var difference = new OperationCounts();
        foreach (var (bound, count) in _reads) difference._reads[bound] = count - earlier._reads.GetValueOrDefault(bound);
        foreach (var (bound, count) in _writes) difference._writes[bound] = count - earlier._writes.GetValueOrDefault(bound);
        return difference;
    }

    /// <returns>Milliseconds, within the bucket by proportion; none without an operation.</returns>
    public double? ReadQuantile(double share) => Quantile(_reads, share);

    /// <inheritdoc cref="ReadQuantile"/>
    public double? WriteQuantile(double share) => Quantile(_writes, share);

    private static double Total(SortedDictionary<double, double> buckets) => buckets.GetValueOrDefault(double.PositiveInfinity);

    private static double? Quantile(SortedDictionary<double, double> buckets, double share)
    {
        if (Total(buckets) is not (> 0 and var total))
            return null;
        var (wanted, below, from) = (total * share, 0.0, 0.0);
        foreach (var (bound, count) in buckets)
        {
            if (count >= wanted)
                return double.IsInfinity(bound) ? from * 1000 : (from + ((bound - from) * (wanted - below) / Math.Max(1, count - below))) * 1000;
            (below, from) = (count, bound);
        }

        return from * 1000;
    }

    private static string? Label(string line, string name)
    {
        var start = line.IndexOf(name + "=\"", StringComparison.Ordinal);
        if (start < 0)
            return null;
        start += name.Length + 2;
        var end = line.IndexOf('"', start);
        return end < 0 ? null : line[start..end];
    }

    // After the labels: the value, and perhaps a time.
    private static double ValueOf(string line)
    {
        var words = line[(line.LastIndexOf('}') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length > 0 && double.TryParse(words[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : 0;
    }
}

namespace KvCluster.Benchmarks.Measurement;

/// <summary>The durations of one kind of operation, in milliseconds.</summary>
internal sealed record LatencySummary
{
    private const double NanosecondsPerMillisecond = 1e6;

    public required double Mean { get; init; }
    public required double P50 { get; init; }
    public required double P90 { get; init; }
    public required double P99 { get; init; }
    public required double P999 { get; init; }
    public required double Max { get; init; }

    public static LatencySummary Of(LatencyHistogram histogram) => new()
    {
        Mean = Milliseconds(histogram.MeanNanoseconds),
        P50 = Milliseconds(histogram.QuantileNanoseconds(0.5)),
        P90 = Milliseconds(histogram.QuantileNanoseconds(0.9)),
        P99 = Milliseconds(histogram.QuantileNanoseconds(0.99)),
        P999 = Milliseconds(histogram.QuantileNanoseconds(0.999)),
        Max = Milliseconds(histogram.MaxNanoseconds),
    };

    private static double Milliseconds(double nanoseconds) => Math.Round(nanoseconds / NanosecondsPerMillisecond, 4);
}

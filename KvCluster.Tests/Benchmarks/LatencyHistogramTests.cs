using CsCheck;
using KvCluster.Benchmarks.Measurement;
using Xunit;

namespace KvCluster.Tests.Benchmarks;

public sealed class LatencyHistogramTests
{
    private static readonly Gen<long[]> Durations =
        Gen.OneOf(Gen.Long[0, 1000], Gen.Long[0, 10_000_000], Gen.Long[0, 100_000_000_000]).Array[1, 300];

    [Fact]
    public void QuantileNanoseconds_AnyDurations_IsTheRankedOneOrALittleMore() =>
        Gen.Select(Durations, Gen.Double[0, 1]).Sample((durations, quantile) =>
        {
            var exact = durations.Order().ElementAt(Math.Max(1, (int)Math.Ceiling(quantile * durations.Length)) - 1);
            var found = Record(durations).QuantileNanoseconds(quantile);
            Assert.InRange(found, exact, exact + (exact / 128) + 1);
        });

    [Fact]
    public void Add_TwoHistograms_EqualsRecordingEverythingInOne() =>
        Gen.Select(Durations, Durations).Sample((left, right) =>
        {
            var sum = Record(left);
            sum.Add(Record(right));
            var whole = Record([.. left, .. right]);
            Assert.Equal(LatencySummary.Of(whole), LatencySummary.Of(sum));
            Assert.Equal(whole.Count, sum.Count);
        });

    [Fact]
    public void MaxNanoseconds_OneOutlier_IsNotRounded()
    {
        var histogram = Record([1_000, 12_345_678_901]);
        Assert.Equal(12_345_678_901, histogram.MaxNanoseconds);
        Assert.Equal(12_345_678_901, histogram.QuantileNanoseconds(1));
    }

    [Fact]
    public void QuantileNanoseconds_NothingRecorded_IsZero() => Assert.Equal(0, new LatencyHistogram().QuantileNanoseconds(0.99));

    private static LatencyHistogram Record(long[] durations)
    {
        var histogram = new LatencyHistogram();
        foreach (var duration in durations)
            histogram.Record(duration);
        return histogram;
    }
}

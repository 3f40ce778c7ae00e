using System.Numerics;

namespace KvCluster.Benchmarks.Measurement;

/// <summary>Counts durations in buckets whose width grows with the duration, so that every quantile is exact to one part in 128.</summary>
/// <remarks>
/// Up to 256 ns a bucket is one nanosecond wide; from there on each power of two has 128 buckets (the layout of HdrHistogram).
/// Recording is one addition, whatever the duration, and nothing is ever thrown away: the greatest outlier is in the last quantile.
/// </remarks>
internal sealed class LatencyHistogram
{
    private const int SubBucketBits = 7;
    private const int SubBuckets = 1 << SubBucketBits;

    // The last power of two is about a day in nanoseconds.
    private const int HighestBit = 46;
    private readonly long[] _counts = new long[Index(1L << HighestBit) + SubBuckets];
    private double _sumNanoseconds;

    public long Count { get; private set; }
    public long MaxNanoseconds { get; private set; }
    public double MeanNanoseconds => Count == 0 ? 0 : _sumNanoseconds / Count;

    public void Record(long nanoseconds)
    {
        var value = Math.Clamp(nanoseconds, 0, 1L << HighestBit);
        _counts[Index(value)]++;
        Count++;
        _sumNanoseconds += value;
        MaxNanoseconds = Math.Max(MaxNanoseconds, value);
    }

    public void Add(LatencyHistogram other)
    {
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
        Count += other.Count;
        _sumNanoseconds += other._sumNanoseconds;
        MaxNanoseconds = Math.Max(MaxNanoseconds, other.MaxNanoseconds);
    }

    /// <summary>The smallest recorded duration that at least this share of all durations does not exceed, to the width of a bucket.</summary>
    /// <param name="quantile">From 0 to 1.</param>
    public long QuantileNanoseconds(double quantile)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(quantile * Count));
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
                return Math.Min(Highest(i), MaxNanoseconds);
        }

        return 0;
    }

    private static int Index(long value)
    {
        if (value < 2 * SubBuckets)
            return (int)value;
        var shift = BitOperations.Log2((ulong)value) - SubBucketBits;
        return (shift * SubBuckets) + (int)(value >> shift);
    }

    private static long Highest(int index)
    {
        if (index < 2 * SubBuckets)
            return index;
        var shift = (index / SubBuckets) - 1;
        return (((long)(index % SubBuckets) + SubBuckets + 1) << shift) - 1;
    }
}

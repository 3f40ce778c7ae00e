using System.Numerics;

namespace KvCluster.Node.Diagnostics;

/// <summary>A row of numbers that many threads add to on the way of every request: each processor has its own, and whoever reads adds them up.</summary>
internal sealed class StripedCounters
{
    private const int LineLongs = 16;
    private static readonly int Mask = (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount) - 1;
    private readonly long[] _numbers;
    private readonly int _stride;

    public StripedCounters(int count)
    {
        // Two lines of the cache apart: none of them is shared by two processors.
        _stride = (count + LineLongs) & -LineLongs;
        _numbers = new long[_stride * (Mask + 1)];
    }

    // A thread that is moved between these two steps adds to another processor's number: slower once, and still right.
    public void Add(int place, long by = 1) => Interlocked.Add(ref _numbers[((Thread.GetCurrentProcessorId() & Mask) * _stride) + place], by);

    public long Sum(int place)
    {
        var sum = 0L;
        for (var at = place; at < _numbers.Length; at += _stride) sum += Interlocked.Read(ref _numbers[at]);
        return sum;
    }

    public void Clear() => Array.Clear(_numbers);
}

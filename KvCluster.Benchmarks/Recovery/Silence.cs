using System.Diagnostics;

namespace KvCluster.Benchmarks.Recovery;

/// <summary>A time without any acknowledged write, as timestamps of <see cref="Stopwatch"/>.</summary>
internal readonly record struct Silence(long Start, long End)
{
    public double Milliseconds => Stopwatch.GetElapsedTime(Start, End).TotalMilliseconds;
}

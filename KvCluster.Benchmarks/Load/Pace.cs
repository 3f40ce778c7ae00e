namespace KvCluster.Benchmarks.Load;

/// <summary>Says when requests begin. Times are timestamps of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
/// <remarks>
/// With a rate, the beginnings form a fixed grid, and latency is counted from the point of the grid and not from the moment when a client
/// was free: a server that stops for a second is charged with every request that should have begun in that second, and not with one
/// (no coordinated omission).
/// </remarks>
internal sealed class Pace(long start, long end, double? ticksBetween)
{
    private long _begun;

    /// <summary>When the next request should begin; not before this moment is there anything to do.</summary>
    public long NextAt => ticksBetween is { } ticks ? start + (long)(_begun * ticks) : start;

    /// <summary>No request begins any more.</summary>
    public bool IsOver(long now) => ticksBetween is null ? now >= end : NextAt >= end;

    /// <param name="intended">The moment from which the latency counts.</param>
    public bool TryBegin(long now, out long intended)
    {
        intended = ticksBetween is null ? now : NextAt;
        if (IsOver(now) || intended > now)
            return false;
        _begun++;
        return true;
    }

    /// <summary>Requests that should have begun and did not, because no client was free.</summary>
    public long Waiting(long now) => ticksBetween is { } ticks ? Math.Max(0, (long)((Math.Min(now, end) - start) / ticks) - _begun) : 0;
}

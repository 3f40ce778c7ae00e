namespace KvCluster.Node.Replication;

/// <summary>Until when this server may answer reads as main, as the core published it last. Read by every request, written by the core's thread.</summary>
internal sealed class ReadPermit
{
    private long _leaseUntil;
    private long _freshAsOf;

    public void Publish(long leaseUntil, long freshAsOf)
    {
        Volatile.Write(ref _freshAsOf, freshAsOf);
        Volatile.Write(ref _leaseUntil, leaseUntil);
    }

    /// <summary>This server was main at a moment after the caller took its value. The clock is read here, never before.</summary>
    public bool IsValidNow() => Volatile.Read(ref _leaseUntil) is var until && (until == long.MaxValue || MonotonicClock.Microseconds < until);

    /// <summary>Main, but perhaps with a lease that ran out.</summary>
    public bool IsServing => Volatile.Read(ref _leaseUntil) != 0;

    /// <summary>How far the applied state may be behind, in milliseconds; none when it is not known.</summary>
    public int? StalenessMilliseconds
    {
        get
        {
            var freshAsOf = Volatile.Read(ref _freshAsOf);
            return freshAsOf == 0 ? null : (int)Math.Min(int.MaxValue, (MonotonicClock.Microseconds - freshAsOf + 999) / 1_000);
        }
    }
}

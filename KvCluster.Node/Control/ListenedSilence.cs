namespace KvCluster.Node.Control;

/// <summary>For how long nobody was heard while this process listened.</summary>
/// <remarks>
/// A process that stood still heard nobody, and what was said to it meanwhile is read after its clocks: a server that wakes up must not take its own
/// absence for the silence of a master that is well. Of the time between two looks no more counts than a busy machine may make of it.
/// </remarks>
internal sealed class ListenedSilence
{
    /// <summary>Looks are meant to be much closer.</summary>
    public static readonly TimeSpan CountedMax = TimeSpan.FromMilliseconds(200);

    private TimeSpan _lookedAt;
    private TimeSpan _silence;
    private bool _wasHeard = true;

    /// <summary>From any thread.</summary>
    public void Heard() => Volatile.Write(ref _wasHeard, true);

    /// <summary>From one thread.</summary>
    /// <param name="now">On a clock that never goes back.</param>
    /// <returns>The silence up to now; none when somebody was heard since the last look.</returns>
    public TimeSpan Look(TimeSpan now)
    {
        var passed = now - _lookedAt;
        _lookedAt = now;
        _silence = Interlocked.Exchange(ref _wasHeard, false) ? TimeSpan.Zero : _silence + (passed < CountedMax ? passed : CountedMax);
        return _silence;
    }
}

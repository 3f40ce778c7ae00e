namespace KvCluster.Client.Topology;

/// <summary>The pause before the next refresh: none after a long silence, growing with jitter while refreshes bring nothing new.</summary>
/// <remarks>Used by one refresh at a time. The longest pause bounds how long a failover stays unnoticed by a client that only asks.</remarks>
internal sealed class RefreshPace(TimeProvider time)
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(200);

    private TimeSpan _pause = PauseMin;
    private long _last;

    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (_last == 0) return;
        var jittered = _pause * (0.5 + Random.Shared.NextDouble());
        var rest = jittered - time.GetElapsedTime(_last);
        if (rest > TimeSpan.Zero) await Task.Delay(rest, time, cancellationToken).ConfigureAwait(false);
    }

    public void OnRefreshed(bool broughtNews)
    {
        var wasQuiet = _last != 0 && time.GetElapsedTime(_last) > PauseMax * 5;
        _pause = broughtNews || wasQuiet ? PauseMin : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, PauseMax.Ticks));
        _last = time.GetTimestamp();
    }
}

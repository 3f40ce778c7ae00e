namespace KvCluster.Client.Topology;

/// <summary>The pause before the next refresh: none after a long silence, growing with jitter while refreshes bring nothing new.</summary>
/// <remarks>
/// A failover is over in a second or so and is to be noticed within a tenth of one; so the pause stays short for the first
/// two seconds of trouble. What lasts longer is no failover, and is asked about less and less. News that was pushed counts as well
/// as news that was asked for: else a client that is told of everything would ask ever more slowly. Used by one refresh at a time.
/// </remarks>
internal sealed class RefreshPace(TimeProvider time)
{
    private const int QuickRefreshes = 20;
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan QuickPauseMax = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(1);

    private TimeSpan _pause = PauseMin;
    private int _fruitless;
    private long _last;
    private int _hasNews;

    /// <summary>A newer topology was taken in, however it came; may be called at any time.</summary>
    public void OnNews() => Volatile.Write(ref _hasNews, 1);

    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (_last == 0) return;
        var jittered = _pause * (0.5 + Random.Shared.NextDouble());
        var rest = jittered - time.GetElapsedTime(_last);
        if (rest > TimeSpan.Zero) await Task.Delay(rest, time, cancellationToken).ConfigureAwait(false);
    }

    public void OnRefreshed()
    {
        var wasQuiet = _last != 0 && time.GetElapsedTime(_last) > PauseMax * 5;
        _fruitless = Interlocked.Exchange(ref _hasNews, 0) == 1 || wasQuiet ? 0 : _fruitless + 1;
        var longest = _fruitless < QuickRefreshes ? QuickPauseMax : PauseMax;
        _pause = _fruitless == 0 ? PauseMin : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, longest.Ticks));
        _last = time.GetTimestamp();
    }
}

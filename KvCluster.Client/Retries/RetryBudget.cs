namespace KvCluster.Client.Retries;

/// <summary>
/// Bounds how much retries may add to the load: one for every ten requests, and a floor so that a quiet client can retry at all.
/// Without it the clients of a server in trouble are what keeps it there.
/// </summary>
internal sealed class RetryBudget(TimeProvider time)
{
    private const long Retry = 1000;
    private const long PerRequest = Retry / 10;
    private const long PerSecond = 20 * Retry;
    private const long Max = 200 * Retry;

    private readonly Lock _gate = new();
    private long _balance = Max / 2;
    private long _lastFilled = time.GetTimestamp();

    public void OnRequest()
    {
        // Two threads may both pass the check; the excess is at most one deposit each.
        if (Volatile.Read(ref _balance) < Max) Interlocked.Add(ref _balance, PerRequest);
    }

    public bool TrySpend()
    {
        lock (_gate)
        {
            FillFloor();
            if (Volatile.Read(ref _balance) < Retry) return false;
            Interlocked.Add(ref _balance, -Retry);
            return true;
        }
    }

    private void FillFloor()
    {
        var now = time.GetTimestamp();
        var earned = (long)(time.GetElapsedTime(_lastFilled, now).TotalSeconds * PerSecond);
        if (earned <= 0) return;
        _lastFilled = now;
        var room = Max - Volatile.Read(ref _balance);
        if (room > 0) Interlocked.Add(ref _balance, Math.Min(earned, room));
    }
}

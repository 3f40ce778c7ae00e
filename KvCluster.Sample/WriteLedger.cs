using System.Collections.Concurrent;
using System.Diagnostics;

namespace KvCluster.Sample;

/// <summary>What was promised, and whether it was kept.</summary>
internal sealed class WriteLedger
{
    private readonly ConcurrentDictionary<string, Expectation> _keys = new();
    private long _acknowledged;
    private long _verified;
    private long _lost;
    private long _unknown;
    private long _refused;
    private long _lastAt;
    private long _longestPause;

    public Expectation? ExpectedOf(string key) => _keys.GetValueOrDefault(key);

    public void OnAcknowledged(string key, long number)
    {
        _keys[key] = new Expectation(number, null);
        Interlocked.Increment(ref _acknowledged);
        var now = Stopwatch.GetTimestamp();
        var before = Interlocked.Exchange(ref _lastAt, now);
        if (before != 0) InterlockedMax(ref _longestPause, now - before);
    }

    /// <summary>Nobody knows whether the write was done: from now on either is right.</summary>
    public void OnUnknown(string key, long number)
    {
        Interlocked.Increment(ref _unknown);
        _keys[key] = new Expectation(_keys.GetValueOrDefault(key)?.Acknowledged, number);
    }

    public void OnRefused() => Interlocked.Increment(ref _refused);

    public void OnFailedRead() => Interlocked.Increment(ref _refused);

    public void OnRead(string key, long? found)
    {
        if (ExpectedOf(key) is not { } expected) return;
        if (found == expected.Acknowledged || (found is not null && found == expected.Unknown)) Interlocked.Increment(ref _verified);
        else Interlocked.Increment(ref _lost);
    }

    /// <summary>The totals, and the longest time without an acknowledgement since the last look.</summary>
    public LedgerTotals Look() => new(
        Interlocked.Read(ref _acknowledged),
        Interlocked.Read(ref _verified),
        Interlocked.Read(ref _lost),
        Interlocked.Read(ref _unknown),
        Interlocked.Read(ref _refused),
        Stopwatch.GetElapsedTime(0, Interlocked.Exchange(ref _longestPause, 0)));

    private static void InterlockedMax(ref long place, long value)
    {
        for (var seen = Interlocked.Read(ref place); value > seen;)
        {
            var found = Interlocked.CompareExchange(ref place, value, seen);
            if (found == seen) return;
            seen = found;
        }
    }

    /// <param name="Acknowledged">The newest acknowledged number; none before the first.</param>
    /// <param name="Unknown">The number of a later write of unknown outcome.</param>
    internal sealed record Expectation(long? Acknowledged, long? Unknown);
}

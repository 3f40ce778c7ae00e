namespace KvCluster.Tests.Hosting;

/// <summary>A clock that stands still until it is told to move, but for pauses under a second: they pass the moment they begin.</summary>
internal sealed class SkippingTime : TimeProvider
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly List<Waiting> _waiting = [];
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;
    public override long GetTimestamp() => _now;

    public void Advance(TimeSpan span)
    {
        _now += span.Ticks;
        var due = _waiting.FindAll(timer => timer.DueAt <= _now);
        foreach (var timer in due)
        {
            timer.Dispose();
            timer.Callback();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Waiting(this, () => callback(state), _now + dueTime.Ticks);
        _waiting.Add(timer);
        if (dueTime < Pause) Advance(dueTime);
        return timer;
    }

    private sealed record Waiting(SkippingTime Time, Action Callback, long DueAt) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException("Nobody changes a timer here.");
        public void Dispose() => Time._waiting.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

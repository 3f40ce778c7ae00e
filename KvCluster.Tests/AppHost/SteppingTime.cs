namespace KvCluster.Tests.AppHost;

/// <summary>A clock that moves by a fixed step each time somebody looks at it, so that no wait is a real one.</summary>
internal sealed class SteppingTime(TimeSpan step) : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Add(ref _ticks, step.Ticks);
}

using System.Diagnostics;
using KvCluster.Node.Replication;

namespace KvCluster.Tests.Storage;

public sealed class MonotonicClockTests
{
    // The clock that stands still while the machine sleeps is never ahead of the one that does not.
    [Fact]
    public void Clock_CountsTheTimeOfSleep_WhereTheSystemDoes()
    {
        Assert.Equal(OperatingSystem.IsLinux() && Environment.Is64BitProcess, MonotonicClock.CountsSuspend);
        var awake = (long)(Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000d));
        var first = MonotonicClock.Microseconds;
        var second = MonotonicClock.Microseconds;
        Assert.True(first >= awake, $"{first} is before {awake}.");
        Assert.True(second >= first, $"{second} is before {first}.");
    }
}

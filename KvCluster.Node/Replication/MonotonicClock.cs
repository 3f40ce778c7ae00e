using System.Diagnostics;
using KvCluster.Core.Replication;

namespace KvCluster.Node.Replication;

/// <summary>
/// The clock of leases: the machine's monotonic clock in microseconds (CLOCK_MONOTONIC). The wall clock stands beside it only for
/// revisions.
/// </summary>
internal static class MonotonicClock
{
    private static readonly double TicksPerMicrosecond = Stopwatch.Frequency / 1_000_000d;

    public static long Microseconds => (long)(Stopwatch.GetTimestamp() / TicksPerMicrosecond);
    public static Now Now => new(Microseconds, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
}

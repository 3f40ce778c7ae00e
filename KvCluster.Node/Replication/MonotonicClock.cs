using System.Diagnostics;
using System.Runtime.InteropServices;
using KvCluster.Core.Replication;

namespace KvCluster.Node.Replication;

/// <summary>
/// The clock of leases, in microseconds: one that runs on while the machine sleeps (CLOCK_BOOTTIME on Linux), or a main would wake up with
/// a lease that its replica has long stopped counting. The wall clock stands beside it only for revisions.
/// </summary>
/// <remarks>
/// Elsewhere than on Linux it is the runtime's monotonic clock. A hypervisor that stops a whole machine may stop this clock as well
/// (GUARANTEES.md).
/// </remarks>
internal static partial class MonotonicClock
{
    private const int BootTime = 7;
    private static readonly double TicksPerMicrosecond = Stopwatch.Frequency / 1_000_000d;

    public static bool CountsSuspend { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess && IsAnswered();

    public static long Microseconds
    {
        get
        {
            if (!CountsSuspend) return (long)(Stopwatch.GetTimestamp() / TicksPerMicrosecond);
            ReadClock(BootTime, out var time);
            return (time.Seconds * 1_000_000) + (time.Nanoseconds / 1_000);
        }
    }

    public static Now Now => new(Microseconds, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

    private static bool IsAnswered()
    {
        try
        {
            return ReadClock(BootTime, out _) == 0;
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    // Every read looks at its lease: the call is answered in user space (vDSO) and must not pay for a change of the collector's mode either.
    [SuppressGCTransition]
    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ReadClock(int clock, out KernelTime time);
}

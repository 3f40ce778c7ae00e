using System.Runtime.InteropServices;

namespace KvCluster.Node.Replication;

/// <summary>Wakes one thread that waits: set once, it ends one wait, now or later.</summary>
/// <remarks>
/// The threads of replication wake each other several times for every group of writes, and the runtime's own events cost several times
/// what the kernel's futex does (futex(2)). Elsewhere than on Linux a semaphore does the same.
/// </remarks>
internal sealed unsafe partial class ThreadSignal
{
    private const int Idle = 0;
    private const int Set = 1;
    private const int Waiting = -1;
    private const int WaitPrivate = 0 | 128;
    private const int WakePrivate = 1 | 128;
    private static readonly long FutexNumber = NumberOfFutex();

    // One number that the collector leaves where it is: the kernel knows it by its address.
    private readonly int[] _state = GC.AllocateArray<int>(1, pinned: true);
    private readonly SemaphoreSlim? _elsewhere = FutexNumber < 0 ? new SemaphoreSlim(0) : null;

    public void Wake()
    {
        if (Interlocked.Exchange(ref _state[0], Set) != Waiting) return;
        if (_elsewhere is not null) _elsewhere.Release();
        else Call(WakePrivate, 1, null);
    }

    /// <summary>Waits for the next <see cref="Wake"/>; may end early, so whoever waits looks again. Only one thread ever waits.</summary>
    /// <param name="wait">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    public void Wait(TimeSpan wait)
    {
        if (Interlocked.CompareExchange(ref _state[0], Waiting, Idle) == Idle) Sleep(wait);
        Interlocked.Exchange(ref _state[0], Idle);
    }

    private void Sleep(TimeSpan wait)
    {
        if (_elsewhere is not null)
        {
            _elsewhere.Wait(wait);
            return;
        }

        // Counted by the monotonic clock; the kernel looks whether the state still says "waiting" before it puts the thread to sleep.
        if (wait == Timeout.InfiniteTimeSpan)
        {
            Call(WaitPrivate, Waiting, null);
            return;
        }

        var limit = new KernelTime(wait.Ticks / TimeSpan.TicksPerSecond, wait.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick);
        Call(WaitPrivate, Waiting, &limit);
    }

    // Every result is one of "woken", "late", "interrupted" and "the state is another already": the caller looks again in any case.
    private void Call(int operation, int value, KernelTime* limit)
    {
        fixed (int* state = _state) _ = Futex(FutexNumber, state, operation, value, limit);
    }

    private static long NumberOfFutex() =>
        !OperatingSystem.IsLinux() ? -1
        : RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 202,
            Architecture.Arm64 => 98,
            _ => -1,
        };

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial long Futex(long number, int* state, int operation, int value, KernelTime* limit);
}

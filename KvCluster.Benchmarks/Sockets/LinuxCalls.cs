using System.ComponentModel;
using System.Runtime.InteropServices;

namespace KvCluster.Benchmarks.Sockets;

/// <summary>The system calls that .NET has no name for.</summary>
internal static unsafe partial class LinuxCalls
{
    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;
    public const int ControlAdd = 1;
    public const int ControlDelete = 2;
    public const uint Readable = 0x1;
    public const uint EdgeTriggered = 1u << 31;
    public const int MonotonicClock = 1;
    public const int AbsoluteTime = 1;
    public const int Interrupted = 4;
    private const int NoSuchProcess = 3;

    public static int Checked(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    /// <summary>Sends a signal. A process that has ended already is no error.</summary>
    public static void Signal(int processId, int signal)
    {
        if (Kill(processId, signal) != 0 && Marshal.GetLastPInvokeError() is var error and not NoSuchProcess)
            throw new Win32Exception(error);
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int EpollControl(int epoll, int operation, int descriptor, void* change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int EpollWait(int epoll, void* ready, int readyMax, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "timerfd_create", SetLastError = true)]
    public static partial int TimerCreate(int clock, int flags);

    [LibraryImport("libc", EntryPoint = "timerfd_settime", SetLastError = true)]
    public static partial int TimerSet(int timer, int flags, TimerSpecification* wanted, void* previous);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}

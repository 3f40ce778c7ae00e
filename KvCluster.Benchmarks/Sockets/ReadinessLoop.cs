using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace KvCluster.Benchmarks.Sockets;

/// <summary>Waits on one thread for whichever of many sockets has something to read (epoll).</summary>
/// <remarks>
/// The asynchronous sockets of .NET hand every readiness to another thread. On two cores that the servers also need, that hand-over costs
/// as much as the request, and would be measured as if it were the server's latency.
/// </remarks>
internal sealed unsafe class ReadinessLoop : IDisposable
{
    private const int EventsMax = 256;
    private const ulong TimerToken = ulong.MaxValue;

    // The kernel packs struct epoll_event on x86 and x86-64, and there only.
    private static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;
    private static readonly int EventBytes = IsPacked ? 12 : 16;
    private static readonly int TokenOffset = IsPacked ? 4 : 8;

    private readonly int _epoll;
    private readonly int _timer;
    private readonly byte[] _events = GC.AllocateUninitializedArray<byte>(EventsMax * 16, pinned: true);
    private long _armedFor = long.MinValue;

    public ReadinessLoop()
    {
        _epoll = LinuxCalls.Checked(LinuxCalls.EpollCreate(LinuxCalls.CloseOnExec));
        _timer = LinuxCalls.Checked(LinuxCalls.TimerCreate(LinuxCalls.MonotonicClock, LinuxCalls.CloseOnExec | LinuxCalls.NonBlocking));
        Control(LinuxCalls.ControlAdd, _timer, LinuxCalls.Readable | LinuxCalls.EdgeTriggered, TimerToken);
    }

    /// <param name="token">Comes back from <see cref="Token"/> when the socket can be read.</param>
    public void Add(Socket socket, int token) =>
        Control(LinuxCalls.ControlAdd, (int)socket.Handle, LinuxCalls.Readable, (ulong)token);

    public void Remove(Socket socket) => Control(LinuxCalls.ControlDelete, (int)socket.Handle, 0, 0);

    /// <summary>Returns when a socket can be read, at the latest at <paramref name="wakeAt"/>.</summary>
    /// <param name="wakeAt">A timestamp of <see cref="Stopwatch"/>, kept to some microseconds.</param>
    /// <returns>How many sockets can be read.</returns>
    public int Wait(long wakeAt)
    {
        var timeoutMilliseconds = 0;
        if (wakeAt > Stopwatch.GetTimestamp())
        {
            Arm(wakeAt);
            timeoutMilliseconds = -1;
        }

        fixed (byte* events = _events)
        {
            var ready = LinuxCalls.EpollWait(_epoll, events, EventsMax, timeoutMilliseconds);
            if (ready < 0 && Marshal.GetLastPInvokeError() == LinuxCalls.Interrupted)
                return 0;
            return WithoutTimer(LinuxCalls.Checked(ready));
        }
    }

    /// <summary>The socket that can be read, by its place among those of the last <see cref="Wait"/>.</summary>
    public int Token(int place) => (int)TokenAt(place);

    public void Dispose()
    {
        _ = LinuxCalls.Close(_timer);
        _ = LinuxCalls.Close(_epoll);
    }

    private int WithoutTimer(int ready)
    {
        for (var place = 0; place < ready; place++)
        {
            if (TokenAt(place) != TimerToken)
                continue;
            var last = (ready - 1) * EventBytes;
            _events.AsSpan(last, EventBytes).CopyTo(_events.AsSpan(place * EventBytes));
            return ready - 1;
        }

        return ready;
    }

    private ulong TokenAt(int place) => MemoryMarshal.Read<ulong>(_events.AsSpan((place * EventBytes) + TokenOffset));

    private void Arm(long wakeAt)
    {
        if (wakeAt == _armedFor)
            return;
        _armedFor = wakeAt;

        // On Linux a timestamp of Stopwatch is the monotonic clock in nanoseconds.
        var (seconds, nanoseconds) = Math.DivRem(wakeAt, Stopwatch.Frequency);
        var wanted = new TimerSpecification { DueSeconds = (nint)seconds, DueNanoseconds = (nint)nanoseconds };
        _ = LinuxCalls.Checked(LinuxCalls.TimerSet(_timer, LinuxCalls.AbsoluteTime, &wanted, null));
    }

    private void Control(int operation, int descriptor, uint interest, ulong token)
    {
        var change = stackalloc byte[16];
        MemoryMarshal.Write(new Span<byte>(change, 16), interest);
        MemoryMarshal.Write(new Span<byte>(change + TokenOffset, 8), token);
        _ = LinuxCalls.Checked(LinuxCalls.EpollControl(_epoll, operation, descriptor, change));
    }
}

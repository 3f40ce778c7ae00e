using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KvCluster.Node.Resp.Transport;

/// <summary>Linux' way to wait for many sockets (epoll(7)), told of each as long as it can be read (level-triggered).</summary>
internal sealed unsafe partial class Epoll : IDisposable
{
    private const int EventsMax = 128;
    private const int CloseOnExec = 0x80000;
    private const int ControlAdd = 1;
    private const int ControlRemove = 2;
    private const uint Readable = 1;
    private const int Interrupted = 4;
    private const int StopPlace = -1;

    // The event's mask and its place. On x64 the kernel leaves no room between the two.
    private static readonly int PlaceAt = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventBytes = PlaceAt + sizeof(long);
    private readonly byte* _events = (byte*)NativeMemory.AllocZeroed((nuint)(EventBytes * EventsMax));
    private readonly SafeFileHandle _epoll = new(Check(epoll_create1(CloseOnExec)), ownsHandle: true);
    private readonly SafeFileHandle _stop = new(Check(eventfd(0, CloseOnExec)), ownsHandle: true);

    public Epoll() => Add(_stop, StopPlace);

    public void Add(SafeHandle file, int place)
    {
        var change = stackalloc byte[EventBytes];
        *(uint*)change = Readable;
        *(long*)(change + PlaceAt) = place;
        Check(epoll_ctl(_epoll, ControlAdd, file, change));
    }

    public void Remove(SafeHandle file)
    {
        var change = stackalloc byte[EventBytes];
        Check(epoll_ctl(_epoll, ControlRemove, file, change));
    }

    /// <summary>Waits until something can be read; on one thread.</summary>
    /// <returns>How many can, or -1 once <see cref="Stop"/> was called.</returns>
    public int Wait()
    {
        while (true)
        {
            var count = epoll_wait(_epoll, _events, EventsMax, -1);
            if (count < 0 && Marshal.GetLastPInvokeError() == Interrupted) continue;
            Check(count);
            for (var i = 0; i < count; i++)
                if (PlaceOf(i) == StopPlace) return -1;
            return count;
        }
    }

    /// <param name="number">Of those that the last wait found.</param>
    public int PlaceOf(int number) => (int)*(long*)(_events + (number * EventBytes) + PlaceAt);

    public void Stop() => Check(eventfd_write(_stop, 1));

    public void Dispose()
    {
        _stop.Dispose();
        _epoll.Dispose();
        NativeMemory.Free(_events);
    }

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(SafeHandle epoll, int operation, SafeHandle file, byte* change);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(SafeHandle epoll, byte* events, int eventsMax, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint value, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd_write(SafeHandle file, ulong value);
}

using System.Net.Sockets;

namespace KvCluster.Node.Resp.Transport;

/// <summary>One thread that waits for many sockets at once and has each read, and its requests handled, when there is something to read.</summary>
internal sealed class SocketPoller : IDisposable
{
    private const int FirstPlaces = 64;
    private readonly Epoll _epoll = new();
    private readonly Lock _changing = new();
    private readonly Stack<int> _free = [];
    private PolledReader?[] _readers = new PolledReader?[FirstPlaces];
    private int _used;

    public SocketPoller(int number) => new Thread(Run) { Name = $"resp-poller-{number}", IsBackground = true }.Start();

    /// <returns>The reader's place, by which it is found again.</returns>
    public int Add(PolledReader reader)
    {
        lock (_changing)
        {
            if (!_free.TryPop(out var place)) place = _used++;
            if (place == _readers.Length)
            {
                var more = new PolledReader?[place * 2];
                _readers.CopyTo(more, 0);
                Volatile.Write(ref _readers, more);
            }

            _readers[place] = reader;
            return place;
        }
    }

    /// <summary>From now on the reader at that place is told when <paramref name="socket"/> can be read, again and again.</summary>
    public void Attach(Socket socket, int place) => _epoll.Add(socket.SafeHandle, place);

    public void Detach(Socket socket) => _epoll.Remove(socket.SafeHandle);

    /// <summary>The place is free; its socket is about to be closed, and with that the kernel forgets it.</summary>
    public void Remove(int place)
    {
        lock (_changing)
        {
            // Who gets this place next may be told of something that was meant for this one: it looks, and finds nothing.
            _readers[place] = null;
            _free.Push(place);
        }
    }

    /// <summary>The thread ends after what it is doing; it may be the one that asks for it.</summary>
    public void Dispose() => _epoll.Stop();

    private void Run()
    {
        using (_epoll)
        {
            while (_epoll.Wait() is >= 0 and var count)
                for (var i = 0; i < count; i++) Volatile.Read(ref _readers)[_epoll.PlaceOf(i)]?.OnReadable();
        }
    }
}

using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace KvCluster.Node.Resp;

/// <summary>Collects a connection's answers and sends them.</summary>
/// <remarks>
/// They go to the socket in one call, past the pipe with its copies, locks and loop of its own: a tenth of what a read costs. Once the
/// kernel does not take all of them, or they are many, the rest and everything later goes through the pipe, which alone can wait for a
/// slow client; the way back is never taken, for nobody says when the pipe is empty.
/// </remarks>
/// <param name="socket">The client's socket, where nothing (such as TLS) lies between it and the pipe.</param>
internal sealed class RespOutput(PipeWriter pipe, Socket? socket) : IBufferWriter<byte>
{
    private const int FirstBytes = 4 << 10;
    private readonly PipeWriter _pipe = pipe;
    private Socket? _direct = NeverWaiting(socket);
    private byte[] _buffer = [];
    private int _collected;

    public void Advance(int count)
    {
        if (_direct is null) _pipe.Advance(count);
        else _collected += count;
    }

    public Span<byte> GetSpan(int sizeHint = 0) => HasRoom(sizeHint) ? _buffer.AsSpan(_collected) : _pipe.GetSpan(sizeHint);
    public Memory<byte> GetMemory(int sizeHint = 0) => HasRoom(sizeHint) ? _buffer.AsMemory(_collected) : _pipe.GetMemory(sizeHint);

    /// <summary>Sends what was collected; waits while a slow client has too much before it.</summary>
    /// <returns>False when the client is gone.</returns>
    public ValueTask<bool> SendAsync()
    {
        if (_direct is not null)
        {
            var sent = _direct.Send(_buffer.AsSpan(0, _collected), SocketFlags.None, out var error);
            if (error is not (SocketError.Success or SocketError.WouldBlock)) return new ValueTask<bool>(false);
            if (sent == _collected)
            {
                Release();
                return new ValueTask<bool>(true);
            }

            GoOnInPipe(sent);
        }

        var flushed = _pipe.FlushAsync();
        return flushed.IsCompletedSuccessfully ? new ValueTask<bool>(!flushed.Result.IsCompleted) : FlushedAsync(flushed);
    }

    /// <summary>Gives back what is collected and not sent.</summary>
    public void Release()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _collected) = ([], 0);
    }

    private static async ValueTask<bool> FlushedAsync(ValueTask<FlushResult> flushed) => !(await flushed).IsCompleted;

    private bool HasRoom(int size)
    {
        if (_direct is null) return false;
        var needed = _collected + Math.Max(size, 1);
        if (needed <= _buffer.Length) return true;
        if (needed > RespLimits.UnsentBytes)
        {
            GoOnInPipe(0);
            return false;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(FirstBytes, _buffer.Length * 2)));
        var collected = _collected;
        _buffer.AsSpan(0, collected).CopyTo(larger);
        Release();
        (_buffer, _collected) = (larger, collected);
        return true;
    }

    private void GoOnInPipe(int from)
    {
        _direct = null;
        _pipe.Write(_buffer.AsSpan(from, _collected - from));
        Release();
    }

    // Only calls that wait are meant: whoever reads this socket asynchronously goes on as before.
    private static Socket? NeverWaiting(Socket? socket)
    {
        if (socket is not null) socket.Blocking = false;
        return socket;
    }
}

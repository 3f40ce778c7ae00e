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
    private readonly PooledBuffer _answers = new();
    private Socket? _direct = NeverWaiting(socket);

    public void Advance(int count)
    {
        if (_direct is null) _pipe.Advance(count);
        else _answers.Advance(count);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => HasRoom(sizeHint) ? _answers.Free.Span : _pipe.GetSpan(sizeHint);
    public Memory<byte> GetMemory(int sizeHint = 0) => HasRoom(sizeHint) ? _answers.Free : _pipe.GetMemory(sizeHint);

    /// <summary>Sends what was collected; waits while a slow client has too much before it.</summary>
    /// <returns>False when the client is gone.</returns>
    public ValueTask<bool> SendAsync()
    {
        if (_direct is not null)
        {
            var sent = _direct.Send(_answers.Collected.Span, SocketFlags.None, out var error);
            if (error is not (SocketError.Success or SocketError.WouldBlock)) return new ValueTask<bool>(false);
            if (sent == _answers.Count)
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
    public void Release() => _answers.Release();

    private static async ValueTask<bool> FlushedAsync(ValueTask<FlushResult> flushed) => !(await flushed).IsCompleted;

    private bool HasRoom(int size)
    {
        if (_direct is null) return false;
        var more = Math.Max(size, 1);
        if (_answers.Count + more > RespLimits.UnsentBytes)
        {
            GoOnInPipe(0);
            return false;
        }

        _answers.Reserve(_answers.Count == 0 ? Math.Max(more, FirstBytes) : more);
        return true;
    }

    private void GoOnInPipe(int from)
    {
        _direct = null;
        _pipe.Write(_answers.Collected.Span[from..]);
        Release();
    }

    // Only calls that wait are meant: whoever reads this socket asynchronously goes on as before.
    private static Socket? NeverWaiting(Socket? socket)
    {
        if (socket is not null) socket.Blocking = false;
        return socket;
    }
}

using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;

namespace KvCluster.Node.Resp.Transport;

/// <summary>What a client sends, read from its socket when there is something and somebody waits for it; nothing is read ahead.</summary>
/// <remarks>
/// Whoever reads takes everything each time. An idle connection holds no buffer. Who moves the state from waiting to busy (the poller, or
/// whoever cancels) answers the one read that may wait.
/// </remarks>
internal sealed class PolledReader(Socket socket, SocketPoller poller) : PipeReader, IValueTaskSource<ReadResult>
{
    private const int BufferBytes = 8 << 10;

    // Nobody waits, and the poller is not interested: as at first, and after data came while nobody waited for it.
    private const int Detached = 0;
    private const int Busy = 1;
    private const int Waiting = 2;
    private static readonly ReadResult Canceled = new(default, isCanceled: true, isCompleted: false);
    private readonly Lock _attaching = new();
    private ManualResetValueTaskSourceCore<ReadResult> _read;
    private byte[]? _buffer;
    private int _state;
    private int _place = -1;
    private volatile bool _isCanceled;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        _read.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Busy) != Busy) Attach();

        // Whoever cancels says so first and looks for one that waits then: here it is the other way around.
        if (_isCanceled) AnswerCanceled();
        return new ValueTask<ReadResult>(this, _read.Version);
    }

    public override void CancelPendingRead()
    {
        _isCanceled = true;
        Interlocked.MemoryBarrier();
        AnswerCanceled();
    }

    public override void AdvanceTo(SequencePosition consumed)
    {
        if (_buffer is null) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
    }

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => throw new NotSupportedException("Everything that was read is to be taken.");
    public override bool TryRead(out ReadResult result) => throw new NotSupportedException("Only reads that may wait are made here.");

    public override void Complete(Exception? exception = null)
    {
        lock (_attaching)
        {
            if (_place >= 0) poller.Remove(_place);
            _place = -1;
        }

        AdvanceTo(default);
    }

    /// <summary>There is something to read, or was; on the poller's thread.</summary>
    public void OnReadable()
    {
        if (Interlocked.CompareExchange(ref _state, Busy, Waiting) == Waiting)
        {
            Receive();
            return;
        }

        // It would be told again and again.
        lock (_attaching)
        {
            if (_place >= 0 && Interlocked.CompareExchange(ref _state, Detached, Busy) == Busy) poller.Detach(socket);
        }
    }

    private void Attach()
    {
        lock (_attaching)
        {
            Volatile.Write(ref _state, Waiting);
            if (_place < 0) _place = poller.Add(this);
            poller.Attach(socket, _place);
        }
    }

    private void Receive()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        var count = socket.Receive(buffer, 0, buffer.Length, SocketFlags.None, out var error);
        if (error == SocketError.Success && count > 0)
        {
            _buffer = buffer;
            _read.SetResult(new ReadResult(new ReadOnlySequence<byte>(buffer, 0, count), isCanceled: false, isCompleted: false));
            return;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        if (error == SocketError.WouldBlock) Wait();
        else if (error == SocketError.Success) _read.SetResult(new ReadResult(default, isCanceled: false, isCompleted: true));
        else _read.SetException(new ConnectionResetException($"The client is gone: {error}."));
    }

    private void Wait()
    {
        Interlocked.Exchange(ref _state, Waiting);
        if (_isCanceled) AnswerCanceled();
    }

    private void AnswerCanceled()
    {
        if (Interlocked.CompareExchange(ref _state, Busy, Waiting) != Waiting) return;
        _isCanceled = false;
        _read.SetResult(Canceled);
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _read.GetResult(token);
    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _read.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _read.OnCompleted(continuation, state, token, flags);
}

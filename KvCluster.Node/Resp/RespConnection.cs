using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace KvCluster.Node.Resp;

/// <summary>One client of the Redis port: takes its requests in order and sends the answers in the same order.</summary>
/// <remarks>
/// Everything of a connection happens in this one loop, messages to subscribers too, so nothing of it is locked. Requests are read in
/// place from the pipe's buffer; only what is left of an incomplete one is copied. An idle connection holds no buffer.
/// </remarks>
internal sealed class RespConnection
{
    private readonly ConnectionContext _context;
    private readonly RespServer _server;
    private readonly RespParser _parser = new();
    private readonly RespSession _session;
    private readonly PipeReader _input;
    private readonly RespOutput _output;
    private readonly PooledBuffer _carry = new();

    public RespConnection(ConnectionContext context, RespServer server)
    {
        (_context, _server) = (context, server);
        var socket = context.Features.Get<IConnectionSocketFeature>()?.Socket;
        (_input, _output) = (context.Transport.Input, new RespOutput(context.Transport.Output, socket));
        var wake = new WaitCallback(_ => _input.CancelPendingRead());
        _session = new RespSession(server, new RespWriter(_output) { Counts = server.Counts }, server.NextClient(), context.RemoteEndPoint, context.LocalEndPoint)
        {
            Wake = () => ThreadPool.UnsafeQueueUserWorkItem(wake, null),
            Abort = () => context.Abort(),
            Unread = () => _carry.Count,
            Socket = socket,
        };
    }

    public async Task RunAsync()
    {
        _server.Sessions[_session.Id] = _session;
        try
        {
            await ServeAsync();
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ConnectionAbortedException or ObjectDisposedException)
        {
            // The client is gone. What it had sent was carried out or not; nobody is left to be told.
        }
        finally
        {
            _server.Sessions.TryRemove(_session.Id, out _);
            _session.Leave();
            _output.Release();
            _carry.Release();
        }
    }

    // One method that waits, for the whole life of the connection: each of its waits is free, and a request that needs none costs none.
    private async Task ServeAsync()
    {
        var isOpen = true;
        while (isOpen)
        {
            var read = await _input.ReadAsync();
            _session.LastSeen = Environment.TickCount64;
            var data = Gather(read.Buffer);
            var at = 0;
            while (isOpen && TryTake(data[at..], out var handled))
            {
                if (!handled.IsCompletedSuccessfully) await handled;
                at += _parser.Consumed;
                _parser.Next();
                if (_session.Writer.Written >= RespLimits.UnsentBytes) isOpen = await SendAsync();
            }

            var flushed = _session.FlushAsync();
            if (!flushed.IsCompletedSuccessfully) await flushed;
            Keep(data[at..]);
            _input.AdvanceTo(read.Buffer.End);
            _server.Counts.Roll(_session.LastSeen);
            _session.WritePushes();
            var sent = SendAsync();
            isOpen &= (sent.IsCompletedSuccessfully ? sent.Result : await sent) && !_session.IsClosing && !read.IsCompleted;
        }
    }

    // Where nothing was left over, the requests are read where the pipe has them.
    private ReadOnlyMemory<byte> Gather(in ReadOnlySequence<byte> arrived)
    {
        if (_carry.Count == 0 && arrived.IsSingleSegment) return arrived.First;
        Carry(arrived);
        return _carry.Collected;
    }

    private bool TryTake(ReadOnlyMemory<byte> data, out ValueTask handled)
    {
        handled = default;
        if (_session.IsClosing) return false;
        switch (_parser.Read(data))
        {
            case RespParseStatus.Incomplete: return false;
            case RespParseStatus.Broken:
                handled = _session.BreakAsync(_parser.Fault);
                return true;
            case RespParseStatus.Request:
                handled = _session.HandleAsync(_parser);
                return true;
            default: return true;
        }
    }

    private void Keep(ReadOnlyMemory<byte> rest)
    {
        if (_session.IsClosing || rest.IsEmpty) _carry.Release();
        else if (_carry.Count == 0) Carry(new ReadOnlySequence<byte>(rest));
        else _carry.Drop(_carry.Count - rest.Length);
    }

    private ValueTask<bool> SendAsync()
    {
        if (_session.Writer.Written == 0) return new ValueTask<bool>(true);
        _session.Writer.Written = 0;
        return _output.SendAsync();
    }

    private void Carry(in ReadOnlySequence<byte> more)
    {
        var length = (int)more.Length;
        _carry.Reserve(length);
        more.CopyTo(_carry.Free.Span);
        _carry.Advance(length);
    }
}

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
    private readonly PipeWriter _output;
    private byte[] _carry = [];
    private int _carried;

    public RespConnection(ConnectionContext context, RespServer server)
    {
        (_context, _server) = (context, server);
        (_input, _output) = (context.Transport.Input, context.Transport.Output);
        var wake = new WaitCallback(_ => _input.CancelPendingRead());
        _session = new RespSession(server, new RespWriter(_output) { Counts = server.Counts }, server.NextClient(), context.RemoteEndPoint, context.LocalEndPoint)
        {
            Wake = () => ThreadPool.UnsafeQueueUserWorkItem(wake, null),
            Abort = () => context.Abort(),
            Unread = () => _carried,
            Socket = context.Features.Get<IConnectionSocketFeature>()?.Socket,
        };
    }

    public async Task RunAsync()
    {
        _server.Sessions[_session.Id] = _session;
        try
        {
            while (await ServeAsync())
            {
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ConnectionAbortedException)
        {
            // The client is gone. What it had sent was carried out or not; nobody is left to be told.
        }
        finally
        {
            _server.Sessions.TryRemove(_session.Id, out _);
            _session.Leave();
            Release();
        }
    }

    private async ValueTask<bool> ServeAsync()
    {
        var read = await _input.ReadAsync();
        var buffer = read.Buffer;
        if (!buffer.IsEmpty) await TakeAsync(buffer);
        _input.AdvanceTo(buffer.End);
        _session.WritePushes();
        return await SendAsync() && !_session.IsClosing && !read.IsCompleted;
    }

    private async ValueTask TakeAsync(ReadOnlySequence<byte> buffer)
    {
        var isInPlace = _carried == 0 && buffer.IsSingleSegment;
        if (!isInPlace) Carry(buffer);
        var data = isInPlace ? buffer.First : _carry.AsMemory(0, _carried);
        var taken = await TakeAsync(data);
        var rest = data[taken..];
        if (_session.IsClosing || rest.IsEmpty)
        {
            Release();
            return;
        }

        if (isInPlace) Carry(new ReadOnlySequence<byte>(rest));
        else
        {
            rest.Span.CopyTo(_carry);
            _carried = rest.Length;
        }
    }

    private async ValueTask<int> TakeAsync(ReadOnlyMemory<byte> data)
    {
        var (at, count) = (0, 0);
        while (!_session.IsClosing)
        {
            var status = _parser.Read(data[at..]);
            if (status == RespParseStatus.Incomplete) break;
            if (status == RespParseStatus.Broken)
            {
                await _session.BreakAsync(_parser.Fault);
                break;
            }

            if (status == RespParseStatus.Request)
            {
                count++;
                var handled = _session.HandleAsync(_parser);
                if (!handled.IsCompletedSuccessfully) await handled;
            }

            at += _parser.Consumed;
            _parser.Next();
            if (_session.Writer.Written >= RespLimits.UnsentBytes && !await SendAsync()) break;
        }

        await _session.FlushAsync();
        _server.Counted(count);
        return at;
    }

    private async ValueTask<bool> SendAsync()
    {
        if (_session.Writer.Written == 0) return true;
        _session.Writer.Written = 0;
        return !(await _output.FlushAsync()).IsCompleted;
    }

    private void Carry(in ReadOnlySequence<byte> more)
    {
        var length = _carried + (int)more.Length;
        if (length > _carry.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, _carry.Length * 2));
            _carry.AsSpan(0, _carried).CopyTo(larger);
            if (_carry.Length > 0) ArrayPool<byte>.Shared.Return(_carry);
            _carry = larger;
        }

        more.CopyTo(_carry.AsSpan(_carried));
        _carried = length;
    }

    private void Release()
    {
        if (_carry.Length > 0) ArrayPool<byte>.Shared.Return(_carry);
        (_carry, _carried) = ([], 0);
    }
}

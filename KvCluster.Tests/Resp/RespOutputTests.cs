using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using KvCluster.Node.Resp;

namespace KvCluster.Tests.Resp;

public sealed class RespOutputTests : IDisposable
{
    private readonly Socket _client;
    private readonly Socket _server;
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly RespOutput _output;

    public RespOutputTests()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 8_192 };
        _client.Connect(listener.LocalEndPoint!);
        _server = listener.Accept();
        _server.SendBufferSize = 8_192;
        _output = new RespOutput(_pipe.Writer, _server);
    }

    [Fact]
    public async Task SendAsync_OfWhatTheKernelTakes_GoesPastThePipe()
    {
        _output.Write("one"u8);
        _output.Write("two"u8);
        Assert.True(await _output.SendAsync());
        _output.Write("three"u8);
        Assert.True(await _output.SendAsync());

        Assert.Equal("onetwothree"u8.ToArray(), await ReceiveAsync(11));
        Assert.False(_pipe.Reader.TryRead(out _));
    }

    [Fact]
    public async Task SendAsync_OfMoreThanTheKernelTakes_GoesOnInThePipeInOrder()
    {
        var answer = Numbered(RespLimits.UnsentBytes / 2);
        var (whole, inPipe) = (new List<byte>(), 0L);
        while (inPipe == 0)
        {
            whole.AddRange(answer);
            _output.Write(answer);
            Assert.True(await _output.SendAsync());
            if (_pipe.Reader.TryRead(out var read)) _pipe.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
            inPipe = read.Buffer.Length;
        }

        // Behind it everything takes the pipe, although the kernel may have room again.
        _output.Write("end"u8);
        whole.AddRange("end"u8);
        Assert.True(await _output.SendAsync());
        var direct = await ReceiveAsync(whole.Count - 3 - (int)inPipe);

        var piped = await PipedAsync();
        Assert.Equal(whole, [.. direct, .. piped]);
    }

    [Fact]
    public async Task GetSpan_BeyondWhatIsCollected_GoesOnInThePipe()
    {
        var large = Numbered(RespLimits.UnsentBytes + 1);
        _output.Write("small"u8);
        _output.Write(large);
        Assert.True(await _output.SendAsync());

        var piped = await PipedAsync();
        Assert.Equal([.. "small"u8, .. large], piped);
    }

    [Fact]
    public async Task SendAsync_ToAClientThatIsGone_SaysSo()
    {
        _client.Close(0);
        var isThere = true;
        while (isThere)
        {
            _output.Write("nobody reads this"u8);
            isThere = await _output.SendAsync();
        }

        Assert.False(_pipe.Reader.TryRead(out _));
    }

    [Fact]
    public async Task SendAsync_WithoutASocket_TakesThePipe()
    {
        var output = new RespOutput(_pipe.Writer, null);
        output.Write("as it is"u8);
        Assert.True(await output.SendAsync());

        Assert.Equal("as it is"u8.ToArray(), await PipedAsync());
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    private static byte[] Numbered(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)i)];

    private async Task<byte[]> ReceiveAsync(int length)
    {
        var received = new byte[length];
        for (var at = 0; at < length;)
        {
            var count = await _client.ReceiveAsync(received.AsMemory(at), TestContext.Current.CancellationToken);
            Assert.NotEqual(0, count);
            at += count;
        }

        return received;
    }

    private async Task<byte[]> PipedAsync()
    {
        await _pipe.Writer.CompleteAsync();
        var read = await _pipe.Reader.ReadAtLeastAsync(int.MaxValue, TestContext.Current.CancellationToken);
        return read.Buffer.ToArray();
    }
}

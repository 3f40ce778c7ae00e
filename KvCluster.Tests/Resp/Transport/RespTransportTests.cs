using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using KvCluster.Node.Resp.Transport;
using Microsoft.AspNetCore.Connections;

namespace KvCluster.Tests.Resp.Transport;

/// <summary>The Redis port's own transport, on real sockets.</summary>
public sealed class RespTransportTests : IAsyncLifetime
{
    private RespListener _listener = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere than on Linux Kestrel's own transport serves the Redis port.");
        _listener = RespListener.Bind(new RespEndPoint(IPAddress.Loopback, 0));
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        if (_listener is not null) await _listener.DisposeAsync();
    }

    [Fact]
    public async Task WhatComesWhileNobodyReads_IsReadInOrder()
    {
        const int bytes = 1 << 20;
        var (client, server) = await ConnectAsync();
        await using var connection = server;
        using var socket = client;
        var random = new Random(7);
        var sent = new byte[bytes];
        random.NextBytes(sent);
        var sending = Task.Run(
            async () =>
            {
                var pieces = new Random(11);
                for (var at = 0; at < bytes;)
                {
                    var piece = Math.Min(pieces.Next(1, 3_000), bytes - at);
                    at += await client.SendAsync(sent.AsMemory(at, piece), Cancellation);
                    if (pieces.Next(4) == 0) await Task.Yield();
                }
            },
            Cancellation);

        var received = new List<byte>();
        while (received.Count < bytes)
        {
            var read = await ReadAsync(server);
            received.AddRange(read.Buffer.ToArray());
            server.Transport.Input.AdvanceTo(read.Buffer.End);

            // Now on the poller's thread, now on one of the pool: then the poller finds data that nobody waits for.
            if (random.Next(2) == 0) await Task.Yield();
        }

        await sending;
        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task CancelledWhileBytesArrive_LosesNeitherBytesNorCancellations()
    {
        const int rounds = 20_000;
        var (client, server) = await ConnectAsync();
        await using var connection = server;
        using var socket = client;
        var input = server.Transport.Input;
        var cancelled = 0;
        var read = 0;
        var asked = 0;
        var reading = Task.Run(
            async () =>
            {
                while (read < rounds)
                {
                    var result = await input.ReadAsync(Cancellation);
                    if (result.IsCanceled) cancelled++;
                    read += (int)result.Buffer.Length;
                    input.AdvanceTo(result.Buffer.End);
                }
            },
            Cancellation);
        var cancelling = Task.Run(
            async () =>
            {
                while (!reading.IsCompleted)
                {
                    input.CancelPendingRead();
                    asked++;
                    await Task.Yield();
                }
            },
            Cancellation);

        for (var i = 0; i < rounds; i++) await client.SendAsync(new byte[1], Cancellation);
        await reading.WaitAsync(TimeSpan.FromMinutes(1), Cancellation);
        await cancelling;

        Assert.Equal(rounds, read);
        Assert.InRange(cancelled, 1, asked);
    }

    [Fact]
    public async Task Cancelled_EndsTheReadThatWaits_OrElseTheNext()
    {
        var (client, server) = await ConnectAsync();
        await using var connection = server;
        using var socket = client;

        var waiting = server.Transport.Input.ReadAsync(Cancellation);
        Assert.False(waiting.IsCompleted);
        server.Transport.Input.CancelPendingRead();
        Assert.True((await waiting).IsCanceled);
        server.Transport.Input.CancelPendingRead();
        Assert.True((await server.Transport.Input.ReadAsync(Cancellation)).IsCanceled);

        await client.SendAsync("after"u8.ToArray(), Cancellation);
        Assert.Equal("after", await ReadTextAsync(server));
    }

    [Fact]
    public async Task ClientThatCloses_EndsTheInput_AndOneThatResetsIsAnError()
    {
        var (closes, first) = await ConnectAsync();
        var (resets, second) = await ConnectAsync();
        await using var one = first;
        await using var other = second;

        closes.Dispose();
        Assert.True((await ReadAsync(first)).IsCompleted);

        resets.LingerState = new LingerOption(true, 0);
        resets.Dispose();
        await Assert.ThrowsAsync<ConnectionResetException>(async () => await ReadAsync(second));
    }

    [Fact]
    public async Task Aborted_EndsTheReadThatWaits()
    {
        var (client, server) = await ConnectAsync();
        await using var connection = server;
        using var socket = client;

        var waiting = server.Transport.Input.ReadAsync(Cancellation).AsTask();
        server.Abort(new ConnectionAbortedException("enough"));

        Assert.True((await waiting.WaitAsync(TimeSpan.FromMinutes(1), Cancellation)).IsCompleted);
        Assert.Equal(0, await client.ReceiveAsync(new byte[1], Cancellation));
        await server.DisposeAsync();
        server.Abort(new ConnectionAbortedException("too late"));
    }

    [Fact]
    public async Task ManyConnections_ComeAndGo_AndEachReadsItsOwn()
    {
        for (var round = 0; round < 3; round++)
        {
            var pairs = new List<(Socket Client, ConnectionContext Server)>();
            for (var i = 0; i < 150; i++) pairs.Add(await ConnectAsync());
            foreach (var (client, _) in pairs) await client.SendAsync(Encoding.ASCII.GetBytes($"{client.LocalEndPoint}"), Cancellation);
            foreach (var (client, server) in pairs) Assert.Equal($"{client.LocalEndPoint}", await ReadTextAsync(server));
            foreach (var (client, server) in pairs)
            {
                await server.DisposeAsync();
                client.Dispose();
            }
        }
    }

    [Fact]
    public async Task Written_ComesOut()
    {
        var (client, server) = await ConnectAsync();
        await using var connection = server;
        using var socket = client;

        await server.Transport.Output.WriteAsync("hello"u8.ToArray(), Cancellation);

        var room = new byte[16];
        Assert.Equal("hello", Encoding.ASCII.GetString(room, 0, await client.ReceiveAsync(room, Cancellation)));
    }

    [Fact]
    public async Task Unbound_AcceptsNoMore()
    {
        var accepting = _listener.AcceptAsync(Cancellation).AsTask();
        await _listener.UnbindAsync(Cancellation);
        Assert.Null(await accepting);
        Assert.Null(await _listener.AcceptAsync(Cancellation));
    }

    [Fact]
    public void PortThatIsTaken_IsSaidAsKestrelSaysIt() =>
        Assert.Throws<AddressInUseException>(() => RespListener.Bind(new RespEndPoint(IPAddress.Loopback, ((IPEndPoint)_listener.EndPoint).Port)));

    private static async Task<ReadResult> ReadAsync(ConnectionContext connection) =>
        await connection.Transport.Input.ReadAsync(Cancellation).AsTask().WaitAsync(TimeSpan.FromMinutes(1), Cancellation);

    private static async Task<string> ReadTextAsync(ConnectionContext connection)
    {
        var read = await ReadAsync(connection);
        var text = Encoding.ASCII.GetString(read.Buffer);
        connection.Transport.Input.AdvanceTo(read.Buffer.End);
        return text;
    }

    private async Task<(Socket Client, ConnectionContext Server)> ConnectAsync()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var accepting = _listener.AcceptAsync(Cancellation);
        await client.ConnectAsync(_listener.EndPoint, Cancellation);
        var server = (await accepting)!;
        return (client, server);
    }
}

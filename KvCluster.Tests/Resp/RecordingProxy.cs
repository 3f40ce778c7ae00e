using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace KvCluster.Tests.Resp;

/// <summary>Stands between a client and a server on loopback and keeps every byte that passes.</summary>
internal sealed class RecordingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<(MemoryStream Requests, MemoryStream Answers)> _connections = new();
    private readonly ConcurrentBag<Task> _running = [];
    private readonly Task _accepting;

    public RecordingProxy()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Where the server is; set before the first client comes.</summary>
    public int ServerPort { get; set; }

    /// <summary>Waits until every client is gone.</summary>
    public async Task<IReadOnlyList<(byte[] Requests, byte[] Answers)>> RecordedAsync()
    {
        foreach (var connection in _running) await connection.WaitAsync(TestContext.Current.CancellationToken);
        return [.. _connections.Select(connection => (connection.Requests.ToArray(), connection.Answers.ToArray()))];
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync();
            }
            catch (SocketException)
            {
                // Stopped.
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }

            _running.Add(PassAsync(client));
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        await far.ConnectAsync(IPAddress.Loopback, ServerPort);
        (near.NoDelay, far.NoDelay) = (true, true);
        var connection = (Requests: new MemoryStream(), Answers: new MemoryStream());
        _connections.Enqueue(connection);
        await Task.WhenAll(PassAsync(near.Client, far.Client, connection.Requests), PassAsync(far.Client, near.Client, connection.Answers));
    }

    private static async Task PassAsync(Socket from, Socket to, MemoryStream record)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer)) > 0)
            {
                record.Write(buffer, 0, count);
                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
            }
        }
        catch (SocketException)
        {
            // One side closed with bytes on the way: the other side is told in the same manner as at an orderly end.
        }

        try
        {
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // It is gone already.
        }
    }
}

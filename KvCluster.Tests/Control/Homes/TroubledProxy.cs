using System.Net;
using System.Net.Sockets;

namespace KvCluster.Tests.Control.Homes;

/// <summary>A way to a server that may lose answers, or hold requests back until they are no longer wanted. One exchange at a time on each connection.</summary>
internal sealed class TroubledProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _target;
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;
    private TaskCompletionSource _gate = Opened();

    public TroubledProxy(Uri target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>So many answers that come back are not passed on; the connection ends instead.</summary>
    public int AnswersToLose { get; set; }

    /// <summary>Requests that arrived here.</summary>
    public int Requests { get; private set; }

    /// <summary>Requests that were passed on and answered, whoever still wanted the answer.</summary>
    public int Answered { get; private set; }

    /// <summary>Keeps every request from now on.</summary>
    public void Hold() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Passes on what was kept, also of those who have given up.</summary>
    public void Release() => _gate.TrySetResult();

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var caller = await _listener.AcceptTcpClientAsync(_stop.Token);
                lock (_connections) _connections.Add(ServeAsync(caller));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient caller)
    {
        using var server = new TcpClient();
        using (caller)
        {
            try
            {
                await server.ConnectAsync(_target.Host, _target.Port, _stop.Token);
                var (buffer, from, to) = (new byte[1 << 20], caller.GetStream(), server.GetStream());
                while (await ReadMessageAsync(from, buffer) is var asked and > 0)
                {
                    Requests++;
                    await _gate.Task.WaitAsync(_stop.Token);
                    await to.WriteAsync(buffer.AsMemory(0, asked), _stop.Token);
                    var answered = await ReadMessageAsync(to, buffer);
                    Answered++;
                    if (AnswersToLose > 0)
                    {
                        AnswersToLose--;
                        return;
                    }

                    await from.WriteAsync(buffer.AsMemory(0, answered), _stop.Token);
                }
            }
            catch (Exception ended) when (ended is IOException or SocketException || (ended is OperationCanceledException && _stop.IsCancellationRequested))
            {
                // One of the two is gone, or the test is over.
            }
        }
    }

    // Head, then as many bytes as Content-Length says: what the register and etcd send one another.
    private async Task<int> ReadMessageAsync(NetworkStream stream, byte[] buffer)
    {
        var length = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), _stop.Token);
            if (read == 0) return 0;
            length += read;
            var head = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (head >= 0 && length >= head + 4 + BodyLength(System.Text.Encoding.ASCII.GetString(buffer, 0, head))) return length;
        }
    }

    private static int BodyLength(string head)
    {
        const string name = "Content-Length:";
        var line = head.Split("\r\n").FirstOrDefault(text => text.StartsWith(name, StringComparison.OrdinalIgnoreCase));
        return line is null ? 0 : int.Parse(line.AsSpan(name.Length), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        Task[] connections;
        lock (_connections) connections = [.. _connections];
        await Task.WhenAll(connections);
        _listener.Dispose();
        _stop.Dispose();
    }
}

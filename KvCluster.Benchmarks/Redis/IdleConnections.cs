using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using KvCluster.Benchmarks.Wire;

namespace KvCluster.Benchmarks.Redis;

/// <summary>Many connections to one Redis-protocol port, used one at a time.</summary>
internal sealed class IdleConnections(IPEndPoint server) : IDisposable
{
    // The system has some 28,000 ports for each pair of addresses; beyond these another of the machine's own addresses is the client's.
    private const int ConnectionsPerAddress = 10_000;
    private const int ValueBytes = 100;
    private readonly List<Socket> _sockets = [];
    private readonly byte[] _answer = new byte[ValueBytes + 64];

    /// <exception cref="BenchmarkException">The server or the system takes no more.</exception>
    public void Open(int count, CancellationToken cancellation)
    {
        try
        {
            while (_sockets.Count < count)
            {
                cancellation.ThrowIfCancellationRequested();
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 30_000 };
                _sockets.Add(socket);
                if (IPAddress.IsLoopback(server.Address)) socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(1 + ((_sockets.Count - 1) / ConnectionsPerAddress))]), 0));
                socket.Connect(server);
            }
        }
        catch (SocketException refused)
        {
            throw new BenchmarkException($"Connection {_sockets.Count} was not made: {refused.Message}. Look at 'ulimit -n' here and at the server.", refused);
        }
    }

    /// <summary>One SET and one GET on each, one after the other.</summary>
    public void Use(CancellationToken cancellation)
    {
        for (var i = 0; i < _sockets.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            Use(_sockets[i], i);
        }
    }

    /// <summary>The same many times on the first one.</summary>
    public void WarmUp(int times)
    {
        for (var i = 0; i < times; i++) Use(_sockets[0], i);
    }

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
    }

    private void Use(Socket socket, int number)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"idle:{number:00000000}");
        var value = new string('v', ValueBytes);
        Exchange(socket, $"*3\r\n$3\r\nSET\r\n${key.Length}\r\n{key}\r\n${value.Length}\r\n{value}\r\n", "+OK\r\n");
        Exchange(socket, $"*2\r\n$3\r\nGET\r\n${key.Length}\r\n{key}\r\n", $"${value.Length}\r\n{value}\r\n");
    }

    private void Exchange(Socket socket, string request, string expected)
    {
        socket.Send(Encoding.ASCII.GetBytes(request));
        var length = 0;
        while (length < expected.Length)
        {
            var count = socket.Receive(_answer, length, _answer.Length - length, SocketFlags.None);
            if (count == 0) throw new ProtocolException("The server closed an idle connection.");
            length += count;
            if (_answer[0] == '-') break;
        }

        var answer = Encoding.ASCII.GetString(_answer, 0, length);
        if (answer != expected) throw new ProtocolException($"Not '{expected.TrimEnd()}' but '{answer.TrimEnd()}'.");
    }
}

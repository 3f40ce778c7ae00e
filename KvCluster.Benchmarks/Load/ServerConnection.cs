using System.Net;
using System.Net.Sockets;
using KvCluster.Benchmarks.Wire;

namespace KvCluster.Benchmarks.Load;

/// <summary>A connection to one server that carries one request at a time.</summary>
internal sealed class ServerConnection : IDisposable
{
    private const int BufferBytes = 16 * 1024;
    private const int SendTimeoutMilliseconds = 5000;
    private readonly IExchange _exchange;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _received;

    private ServerConnection(Socket socket, IExchange exchange)
    {
        Socket = socket;
        _exchange = exchange;
    }

    public Socket Socket { get; }

    /// <returns>Nothing when the server cannot be reached.</returns>
    public static ServerConnection? TryOpen(IPEndPoint server, IExchange exchange)
    {
        // Sends block until the kernel has taken a request whole, which is at once for requests of this size; reads only follow readiness.
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            SendTimeout = SendTimeoutMilliseconds,
        };
        try
        {
            socket.Connect(server);
            return new ServerConnection(socket, exchange);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <param name="scratch">Room for one request.</param>
    /// <returns>False when the connection has ended.</returns>
    public bool TrySend(Operation operation, Span<byte> scratch)
    {
        var request = scratch[.._exchange.WriteRequest(operation, scratch)];
        return Socket.Send(request, SocketFlags.None, out var error) == request.Length && error == SocketError.Success;
    }

    /// <summary>To be called only when the socket can be read: it would block otherwise.</summary>
    public ReceiveResult Receive(out Answer answer)
    {
        answer = default;
        var count = Socket.Receive(_buffer.AsSpan(_received), SocketFlags.None, out var error);
        if (count == 0 || error != SocketError.Success)
            return ReceiveResult.Lost;
        var end = _received + count;
        var isComplete = _exchange.TryReadAnswer(_buffer.AsSpan(0, end), out var consumed, out answer);
        _received = end - consumed;
        if (_received == BufferBytes)
            throw new ProtocolException($"The head of an answer is longer than {BufferBytes} bytes.");
        if (_received > 0)
            _buffer.AsSpan(consumed, _received).CopyTo(_buffer);
        return isComplete ? ReceiveResult.Answered : ReceiveResult.Incomplete;
    }

    public void Dispose() => Socket.Dispose();
}

using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace KvCluster.Node.Resp.Transport;

/// <summary>Takes the connections of the Redis port and shares them out among a few pollers.</summary>
internal sealed class RespListener : IConnectionListener
{
    private const int Backlog = 512;
    private readonly Socket _socket;
    private readonly SocketPoller[] _pollers;
    private long _taken;

    private RespListener(Socket socket)
    {
        _socket = socket;
        EndPoint = socket.LocalEndPoint!;

        // The other processors have the log, the applier, the peer and HTTP to do.
        _pollers = [.. Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount / 2)).Select(number => new SocketPoller(number))];
    }

    public EndPoint EndPoint { get; }

    /// <exception cref="AddressInUseException">Somebody listens there.</exception>
    public static RespListener Bind(RespEndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endpoint.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(endpoint);
            socket.Listen(Backlog);
            return new RespListener(socket);
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            if (failure.SocketErrorCode != SocketError.AddressAlreadyInUse) throw;
            throw new AddressInUseException(failure.Message, failure);
        }
    }

    /// <summary>The next connection; nothing once <see cref="UnbindAsync"/> was called.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                var socket = await _socket.AcceptAsync(cancellationToken);
                socket.NoDelay = true;
                return new PolledConnection(socket, _pollers[_taken++ % _pollers.Length]);
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException failure) when (failure.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (SocketException)
            {
                // The client went away before it was taken.
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _socket.Dispose();
        return default;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        foreach (var poller in _pollers) poller.Dispose();
        return default;
    }
}

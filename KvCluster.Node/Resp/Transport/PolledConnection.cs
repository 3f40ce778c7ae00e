using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace KvCluster.Node.Resp.Transport;

/// <summary>One client's connection: read by a poller, written in the usual way.</summary>
internal sealed class PolledConnection : DefaultConnectionContext, IDuplexPipe, IConnectionSocketFeature
{
    private readonly PolledReader _input;

    public PolledConnection(Socket socket, SocketPoller poller)
    {
        Socket = socket;
        (LocalEndPoint, RemoteEndPoint) = (socket.LocalEndPoint, socket.RemoteEndPoint);

        // The stream only ever writes without blocking, but when it is made it wants a socket that blocks.
        Output = PipeWriter.Create(new NetworkStream(socket, ownsSocket: false));
        socket.Blocking = false;
        _input = new PolledReader(socket, poller);
        Transport = this;

        // Nothing is read ahead: that the client is gone shows when it is read from.
        ConnectionClosed = CancellationToken.None;
        Features.Set<IConnectionSocketFeature>(this);
    }

    public Socket Socket { get; }
    public PipeReader Input => _input;
    public PipeWriter Output { get; }

    /// <summary>Whoever reads is told that the client is gone. May come at any time, after the end too.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        try
        {
            Socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }
    }

    public override async ValueTask DisposeAsync()
    {
        _input.Complete();
        Socket.Dispose();
        await base.DisposeAsync();
    }
}

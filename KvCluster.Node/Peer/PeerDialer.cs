using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Peer;

/// <summary>Opens connections to the peer ports of other servers.</summary>
internal static class PeerDialer
{
    /// <summary>Connects and exchanges greetings.</summary>
    /// <param name="address"><c>host:port</c>.</param>
    /// <param name="patience">How long connecting and the answer to the greeting may take, and how long bytes may stay unacknowledged later.</param>
    /// <exception cref="SocketException">Nobody answered in time.</exception>
    /// <exception cref="InvalidDataException">Somebody else answered.</exception>
    public static (FrameSocket Socket, PeerHello Hello) Dial(string address, PeerIdentity self, ServerId to, PeerPurpose purpose, TimeSpan patience)
    {
        var socket = new FrameSocket(Connect(address, patience), patience);
        try
        {
            socket.ReceiveTimeoutMilliseconds = (int)patience.TotalMilliseconds;
            SendHello(socket, self, to, purpose);
            var hello = PeerHello.Read(socket.Receive(PeerHello.Bytes));
            if (hello.Cluster != self.Cluster || (hello.From.Id != to && purpose != PeerPurpose.Register)) throw new InvalidDataException($"{address} is another server.");
            socket.ReceiveTimeoutMilliseconds = 0;
            return (socket, hello);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static void SendHello(FrameSocket socket, PeerIdentity self, ServerId to, PeerPurpose purpose)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var at = FrameSocket.BeginFrame(buffer);
        new PeerHello(self.Cluster, self.Self, to, purpose).Write(buffer.GetSpan(PeerHello.Bytes));
        buffer.Advance(PeerHello.Bytes);
        FrameSocket.EndFrame(buffer, at);
        socket.Send(buffer.WrittenSpan);
    }

    private static Socket Connect(string address, TimeSpan patience)
    {
        var colon = address.LastIndexOf(':');
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            var connecting = socket.ConnectAsync(new DnsEndPoint(address[..colon], int.Parse(address.AsSpan(colon + 1), CultureInfo.InvariantCulture)));
            if (!connecting.Wait(patience)) throw new SocketException((int)SocketError.TimedOut);
            return socket;
        }
        catch (AggregateException failure) when (failure.InnerException is SocketException inner)
        {
            socket.Dispose();
            throw inner;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

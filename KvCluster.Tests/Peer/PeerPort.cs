using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using KvCluster.Core.Replication;
using KvCluster.Hosting.Plan;
using KvCluster.Node.Peer;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Peer;

/// <summary>Speaks to a peer port as anybody on the network may.</summary>
internal static class PeerPort
{
    private const int AnswerMilliseconds = 30_000;

    /// <summary>True when the server closed the connection without a word.</summary>
    public static Task<bool> IsClosedAfterAsync(int port, byte[] bytes, CancellationToken cancellation) => IsClosedAsync(port, bytes, answerBytes: 0, cancellation);

    /// <summary>True when the server greeted and then closed the connection.</summary>
    public static Task<bool> IsClosedAfterGreetingAsync(int port, byte[] bytes, CancellationToken cancellation) =>
        IsClosedAsync(port, bytes, Frame(default(PeerHello)).Length, cancellation);

    private static async Task<bool> IsClosedAsync(int port, byte[] bytes, int answerBytes, CancellationToken cancellation)
    {
        using var socket = await ConnectAsync(port, cancellation);
        try
        {
            await socket.SendAsync(bytes, cancellation);
            var answer = new byte[answerBytes + 1];
            var received = 0;
            while (received < answer.Length)
            {
                var more = await socket.ReceiveAsync(answer.AsMemory(received), cancellation);
                if (more == 0) return received == answerBytes;
                received += more;
            }

            return false;
        }
        catch (SocketException reset) when (reset.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            return true;
        }
    }

    /// <summary>The greeting that the server answers with.</summary>
    public static async Task<PeerHello> GreetAsync(int port, PeerHello hello, CancellationToken cancellation)
    {
        using var frames = new FrameSocket(await ConnectAsync(port, cancellation), TimeSpan.FromSeconds(10));
        frames.ReceiveTimeoutMilliseconds = AnswerMilliseconds;
        frames.Send(Frame(hello));
        return PeerHello.Read(frames.Receive());
    }

    public static byte[] Frame(PeerHello hello)
    {
        var body = new byte[PeerHello.Bytes];
        hello.Write(body);
        return Frame(body);
    }

    public static byte[] Frame(byte[] body)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var at = FrameSocket.BeginFrame(buffer);
        buffer.Write(body);
        FrameSocket.EndFrame(buffer, at);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The head of a frame of which nothing follows.</summary>
    public static byte[] Announced(int length)
    {
        var header = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(header, length);
        return header;
    }

    public static PeerHello Hello(ClusterId cluster, int from, int to, PeerPurpose purpose = PeerPurpose.Beacons) =>
        new(cluster, new Member(new ServerId(from), new Incarnation(1)), new ServerId(to), purpose);

    private static async Task<Socket> ConnectAsync(int port, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Parse(ClusterPlan.Host), port, cancellation);
        return socket;
    }
}

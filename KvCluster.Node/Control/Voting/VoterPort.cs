using System.Buffers;
using System.Net.Sockets;
using KvCluster.Core.Register.Wire;
using KvCluster.Node.Peer;
using KvCluster.Node.Storage;

namespace KvCluster.Node.Control.Voting;

/// <summary>Lets other servers ask this server's voter: connections of the peer port on which each request gets one answer.</summary>
internal sealed class VoterPort(LocalVoter voter) : IDisposable
{
    private const int ConnectionsMax = 256;
    private const int IdleMilliseconds = 60_000;
    private const int RequestBytesMax = 4 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly HashSet<FrameSocket> _open = [];
    private bool _isStopped;

    /// <summary>Takes over a greeted connection.</summary>
    public void Take(FrameSocket socket, PeerHello hello)
    {
        lock (_open)
        {
            if (_isStopped || _open.Count >= ConnectionsMax)
            {
                socket.Dispose();
                return;
            }

            _open.Add(socket);
        }

        socket.ReceiveTimeoutMilliseconds = IdleMilliseconds;
        new Thread(() => Serve(socket)) { IsBackground = true, Name = "kv-voter" }.Start();
    }

    // Border: whatever a caller sends, only its own connection ends. A vote that cannot be made durable has told its owner already.
    private void Serve(FrameSocket socket)
    {
        var buffer = new ArrayBufferWriter<byte>();
        try
        {
            while (socket.Receive(RequestBytesMax) is { } frame)
            {
                if (RegisterCodec.TryReadRequest(frame, out var number) is not { } request) return;
                var answer = voter.On(request);
                var at = FrameSocket.BeginFrame(buffer);
                RegisterCodec.Write(number, answer, buffer);
                FrameSocket.EndFrame(buffer, at);
                socket.Send(buffer.WrittenSpan);
                buffer.ResetWrittenCount();
            }
        }
        catch (Exception ended) when (ended is SocketException or InvalidDataException or ObjectDisposedException or StorageException)
        {
            // The caller asks again on a new connection.
        }
        finally
        {
            socket.Dispose();
            lock (_open)
            {
                _open.Remove(socket);
                Monitor.PulseAll(_open);
            }
        }
    }

    /// <summary>Ends all connections; when it returns, nobody writes to the vote from here any more, unless its disk hangs.</summary>
    public void Dispose()
    {
        FrameSocket[] open;
        lock (_open)
        {
            _isStopped = true;
            open = [.. _open];
        }

        foreach (var socket in open) socket.Dispose();
        var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        lock (_open)
            while (_open.Count > 0 && until - Environment.TickCount64 is > 0 and var left) Monitor.Wait(_open, (int)left);
    }
}

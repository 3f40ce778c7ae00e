using System.Buffers;
using System.Net.Sockets;
using KvCluster.Core.Register.Effects;
using KvCluster.Core.Register.Messages;
using KvCluster.Core.Register.Wire;
using KvCluster.Node.Peer;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control.Voting;

/// <summary>Asks a voter in another server, over a connection that is opened when it is needed. Used by one thread.</summary>
internal sealed class VoterCaller(VoterInfo voter, Func<PeerIdentity?> self, Func<VoterInfo, IReadOnlyList<string>> addressesOf) : IDisposable
{
    private const int AnswerBytesMax = 4 << 20;

    // Longer than a fsync on a busy disk; a voter that needs more is asked again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private FrameSocket? _socket;
    private int _failures;

    public RegisterAnswer? Exchange(SendRequest send)
    {
        // A connection that had been idle may have ended at the other side: that is no reason to lose the request.
        var isReused = _socket is not null;
        return TryExchange(send) ?? (isReused && _socket is null ? TryExchange(send) : null);
    }

    private RegisterAnswer? TryExchange(SendRequest send)
    {
        try
        {
            if (_socket is null && !TryDial()) return null;
            _buffer.ResetWrittenCount();
            var at = FrameSocket.BeginFrame(_buffer);
            RegisterCodec.Write(send.Number, send.Request, _buffer);
            FrameSocket.EndFrame(_buffer, at);
            _socket!.Send(_buffer.WrittenSpan);
            while (_socket.Receive(AnswerBytesMax) is { } frame)
                if (RegisterCodec.TryReadAnswer(frame, out var number) is { } answer && number == send.Number) return answer;
        }
        catch (Exception failure) when (failure is SocketException or InvalidDataException or ObjectDisposedException or ArgumentException)
        {
            // No answer: the proposer asks again.
        }

        // At the next of its addresses, if there are several.
        _failures++;
        Close();
        return null;
    }

    private bool TryDial()
    {
        if (self() is not { } me || me.Cluster == ClusterId.None) return false;
        var addresses = addressesOf(voter);
        (_socket, _) = PeerDialer.Dial(addresses[_failures % addresses.Count], me, voter.Server, PeerPurpose.Register, Patience);
        _socket.ReceiveTimeoutMilliseconds = (int)Patience.TotalMilliseconds;
        return true;
    }

    private void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }

    public void Dispose() => Close();
}

using System.Buffers;
using System.Net.Sockets;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Messages;
using KvCluster.Core.Replication.Wire;
using KvCluster.Node.Replication;

namespace KvCluster.Node.Peer;

/// <summary>One greeted connection to the other server of the node, with a thread for each direction.</summary>
internal sealed class PeerConnection(FrameSocket socket, Member remote, PeerPurpose purpose, Action<Member, PeerMessage> received, Action<PeerConnection, string> ended)
    : IDisposable
{
    private const int QueuedMax = 20_000;
    private const int BufferKept = 4 << 20;

    // Where the kernel says that it has room, it has room for so many bytes.
    private const int ShortBytesMax = 4 << 10;
    private const int EntriesFixedBytes = 128;
    private readonly Mailbox<PeerMessage> _outgoing = new();
    private readonly Lock _sending = new();
    private readonly ArrayBufferWriter<byte> _word = new(ShortBytesMax);

    // Messages that were given here and have not gone yet.
    private int _unsent;
    private int _hasEnded;

    public Member Remote => remote;
    public PeerPurpose Purpose => purpose;

    public void Start()
    {
        StartThread("in", ReadAll);
        StartThread("out", WriteAll);
    }

    /// <summary>Queues a message; a peer that does not drain its queue loses the connection, and the core starts over with it.</summary>
    public void Send(PeerMessage message)
    {
        if (IsShort(message) && TrySendNow(message)) return;
        if (Interlocked.Increment(ref _unsent) > QueuedMax) End("its queue is full");
        else _outgoing.Post(message);
    }

    private static bool IsShort(PeerMessage message) => message is AppendAck || (message is Append append && IsShort(append.Entries));

    // A recorded entry gets a span for its way, and that takes the longer one.
    private static bool IsShort(IReadOnlyList<LogEntry> entries)
    {
        var bytes = EntriesFixedBytes;
        for (var i = 0; i < entries.Count && bytes <= ShortBytesMax; i++) bytes += entries[i].Trace is null ? entries[i].Bytes : ShortBytesMax;
        return bytes <= ShortBytesMax;
    }

    // A short word that nothing is ahead of goes at once: to wake the thread that sends costs more than to send it. It never waits for the peer.
    private bool TrySendNow(PeerMessage word)
    {
        if (Interlocked.CompareExchange(ref _unsent, 1, 0) != 0) return false;
        try
        {
            lock (_sending)
            {
                if (!socket.CanSendNow) return false;
                _word.ResetWrittenCount();
                Write(word, _word);
                socket.Send(_word.WrittenSpan);
                return true;
            }
        }
        catch (Exception failure) when (IsOfConnection(failure))
        {
            End(failure.Message);
            return true;
        }
        finally
        {
            Interlocked.Decrement(ref _unsent);
        }
    }

    private void StartThread(string direction, Action run) =>
        new Thread(() => Guard(run)) { IsBackground = true, Name = $"kv-peer-{direction}-{purpose}" }.Start();

    // Border: whatever a connection throws, all that is known afterwards is that messages on it may be lost.
    private void Guard(Action run)
    {
        try
        {
            run();
            End("closed");
        }
        catch (Exception failure) when (IsOfConnection(failure))
        {
            End(failure.Message);
        }
    }

    private static bool IsOfConnection(Exception failure) => failure is SocketException or InvalidDataException or ObjectDisposedException or IOException;

    private void ReadAll()
    {
        while (socket.Receive() is { } frame) received(remote, PeerMessageCodec.Read(frame));
    }

    private void WriteAll()
    {
        var buffer = new ArrayBufferWriter<byte>(64 << 10);
        var batch = new List<PeerMessage>();
        while (_outgoing.TakeAll(ref batch, Timeout.InfiniteTimeSpan))
        {
            foreach (var message in batch)
            {
                if (EntryTracing.BeginSend(message) is var (traced, spans))
                {
                    Write(traced, buffer);
                    Flush(ref buffer);
                    spans.ForEach(span => span.Dispose());
                    continue;
                }

                Write(message, buffer);
                if (buffer.WrittenCount >= BufferKept) Flush(ref buffer);
            }

            Flush(ref buffer);
            Interlocked.Add(ref _unsent, -batch.Count);
            batch.Clear();
        }
    }

    private static void Write(PeerMessage message, ArrayBufferWriter<byte> buffer)
    {
        var at = FrameSocket.BeginFrame(buffer);
        PeerMessageCodec.Write(message, buffer);
        FrameSocket.EndFrame(buffer, at);
    }

    private void Flush(ref ArrayBufferWriter<byte> buffer)
    {
        lock (_sending) socket.Send(buffer.WrittenSpan);
        if (buffer.Capacity > BufferKept * 2) buffer = new ArrayBufferWriter<byte>(64 << 10);
        else buffer.ResetWrittenCount();
    }

    private void End(string reason)
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) != 0) return;
        _outgoing.Close();
        socket.Dispose();
        ended(this, reason);
    }

    public void Dispose() => End("this server ends it");
}

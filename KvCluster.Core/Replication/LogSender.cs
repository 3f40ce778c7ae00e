using KvCluster.Core.Log;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.Replication.Messages;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication;

/// <summary>The main's side of the log's stream: to a server that counts as fast as the window lets it, to one that catches up at a pace.</summary>
/// <remarks>
/// A million entries sent as fast as they can be taken keep both servers' processors and disks busy, and every write meanwhile waits. The pace
/// gives a learner a fixed rate and, besides, two bytes for each that the log grows by: it always gains on the log, whatever is written.
/// </remarks>
internal sealed class LogSender(CoreState core)
{
    private const int PacedBytesMax = 40 << 10;
    private const int GainPerByte = 2;
    private long _credit;
    private long _creditAt = core.Micros;

    public void OnAppended(in LogEntry entry) => _credit = Math.Min(_credit + (entry.Bytes * GainPerByte), core.Options.WindowBytesMax * GainPerByte);

    public void Begin(PeerProgress peer, LogIndex next)
    {
        peer.StreamFrom(next, core.Micros);
        _credit = 0;
    }

    /// <summary>Sends what is there to send, within window and pace.</summary>
    /// <param name="isPaced">Nobody waits for this peer.</param>
    public void Pump(PeerProgress peer, bool isPaced)
    {
        while (peer.Mode == PeerMode.Streaming && peer.Next <= core.Log.Last.Index && peer.InFlightBytes < core.Options.WindowBytesMax && (!isPaced || HasCredit))
        {
            var bytesMax = isPaced ? Math.Min(PacedBytesMax, core.Options.AppendBytesMax) : core.Options.AppendBytesMax;
            if (peer.Next < core.Log.TailFirst)
            {
                if (!peer.IsReading) core.Emit(new ReadLogEffect(peer.Next, bytesMax));
                peer.IsReading = true;
                return;
            }

            Send(peer, core.Log.Slice(peer.Next, core.Log.Last.Index, bytesMax), isPaced);
        }
    }

    public void OnRead(PeerProgress peer, LogRead read, bool isPaced)
    {
        if (peer is not { Mode: PeerMode.Streaming, IsReading: true } || read.From != peer.Next) return;
        peer.IsReading = false;

        // The log was trimmed past it meanwhile, whatever the disk still has.
        if (read.Entries.Count == 0 || read.From <= core.Log.Base.Index)
        {
            peer.Mode = PeerMode.Probing;
            return;
        }

        // The read may be of an earlier reign, and what it found may have been cut since: then it is read again.
        if (core.Log.Holds(new LogPosition(read.Entries[^1].Epoch, read.Entries[^1].Index))) Send(peer, read.Entries, isPaced);
    }

    /// <summary>What was sent may be lost, also a message without entries: without any progress for long the peer is asked anew what it has.</summary>
    public void KeepAlive(PeerProgress peer)
    {
        if (peer.Mode != PeerMode.Streaming || peer.Match >= peer.Next.Previous || core.Micros - peer.StalledSince <= core.Options.BeaconMicroseconds * 8) return;
        peer.Mode = PeerMode.Probing;
        peer.StalledSince = core.Micros;
    }

    private void Send(PeerProgress peer, IReadOnlyList<LogEntry> entries, bool isPaced)
    {
        long bytes = 0;
        foreach (var entry in entries) bytes += entry.Bytes;
        if (peer.InFlight.Count == 0) peer.StalledSince = core.Micros;
        core.Send(peer.Member, new Append(core.Epoch, core.Log.PositionOf(peer.Next.Previous), entries, core.Committed));
        peer.Next = entries[^1].Index.Next;
        peer.InFlight.Enqueue((entries[^1].Index, bytes));
        peer.InFlightBytes += bytes;
        if (isPaced) _credit -= bytes;
    }

    // What one look earns may be less than a byte: the clock is then left where it was. Of time no more is saved up than one message takes.
    private bool HasCredit
    {
        get
        {
            var earned = (long)((core.Micros - _creditAt) * (core.Options.CatchUpBytesPerSecond / 1e6));
            if (earned == 0) return _credit > 0;
            _credit = Math.Max(_credit, Math.Min(_credit + earned, core.Options.AppendBytesMax));
            _creditAt = core.Micros;
            return _credit > 0;
        }
    }
}

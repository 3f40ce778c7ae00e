using System.Buffers;
using KvCluster.Core.Log;
using KvCluster.Core.Replication.Messages;

namespace KvCluster.Core.Replication.Wire;

/// <summary>Peer messages as bytes: one byte for the type, the epoch, the fields in the order of their declaration.</summary>
public static class PeerMessageCodec
{
    private const int EntryBytesMin = 29;
    private const int EpochStartBytes = 16;
    private const int TraceBytes = 28;

    public static void Write(PeerMessage message, IBufferWriter<byte> output)
    {
        var writer = new FrameWriter(output);
        writer.Byte((byte)TypeOf(message));
        writer.Epoch(message.Epoch);
        switch (message)
        {
            case Append append: WriteAppend(writer, append); break;
            case AppendAck ack: writer.Index(ack.Durable); break;
            case Beacon beacon:
                writer.Int64(beacon.SentAt);
                writer.Index(beacon.Last);
                writer.Index(beacon.Committed);
                break;
            case BeaconAck ack:
                writer.Int64(ack.SentAt);
                writer.Int64(ack.ProbeAt);
                writer.Index(ack.Applied);
                break;
            case FreshnessAnswer answer:
                writer.Int64(answer.ProbeAt);
                writer.Index(answer.Committed);
                break;
            case LeaseReleased released:
                writer.Index(released.Last);
                writer.Bool(released.IsLeaving);
                break;
            case LogReport report: WriteReport(writer, report); break;
            case SnapshotOffer offer:
                writer.Snapshot(offer.Id);
                writer.Revision(offer.LastRevision);
                break;
            case SnapshotChunk chunk:
                writer.Snapshot(chunk.Id);
                writer.Int32(chunk.Number);
                writer.Bool(chunk.IsLast);
                writer.Int32((int)chunk.Checksum);
                writer.Bytes(chunk.Chunk.Span);
                break;
            case SnapshotProgress progress:
                writer.Snapshot(progress.Id);
                writer.Int32(progress.Chunks);
                break;
            case LogProbe or EpochRefused: break;
            default: throw new ArgumentOutOfRangeException(nameof(message), message.GetType().Name, "No such message.");
        }
    }

    /// <exception cref="InvalidDataException">The bytes are no message of this protocol.</exception>
    public static PeerMessage Read(ReadOnlyMemory<byte> frame)
    {
        var reader = new FrameReader(frame);
        var type = (PeerMessageType)reader.Byte();
        var epoch = reader.Epoch();
        PeerMessage message = type switch
        {
            PeerMessageType.Beacon => new Beacon(epoch, reader.Int64(), reader.Index(), reader.Index()),
            PeerMessageType.BeaconAck => new BeaconAck(epoch, reader.Int64(), reader.Int64(), reader.Index()),
            PeerMessageType.FreshnessAnswer => new FreshnessAnswer(epoch, reader.Int64(), reader.Index()),
            PeerMessageType.LogProbe => new LogProbe(epoch),
            PeerMessageType.LogReport => ReadReport(ref reader, epoch),
            PeerMessageType.Append => ReadAppend(ref reader, epoch),
            PeerMessageType.AppendTraced => ReadTraces(ref reader, ReadAppend(ref reader, epoch)),
            PeerMessageType.AppendAck => new AppendAck(epoch, reader.Index()),
            PeerMessageType.EpochRefused => new EpochRefused(epoch),
            PeerMessageType.LeaseReleased => new LeaseReleased(epoch, reader.Index(), reader.Bool()),
            PeerMessageType.SnapshotOffer => new SnapshotOffer(epoch, reader.Snapshot(), reader.Revision()),
            PeerMessageType.SnapshotChunk =>
                new SnapshotChunk(epoch, reader.Snapshot(), reader.Int32(), reader.Bool(), (uint)reader.Int32(), reader.Bytes()),
            PeerMessageType.SnapshotProgress => new SnapshotProgress(epoch, reader.Snapshot(), reader.Int32()),
            _ => throw new InvalidDataException($"Message type {(byte)type} is not known."),
        };
        return reader.IsAtEnd ? message : throw new InvalidDataException("The frame is longer than its message.");
    }

    private static PeerMessageType TypeOf(PeerMessage message) => message switch
    {
        Beacon => PeerMessageType.Beacon,
        BeaconAck => PeerMessageType.BeaconAck,
        FreshnessAnswer => PeerMessageType.FreshnessAnswer,
        LogProbe => PeerMessageType.LogProbe,
        LogReport => PeerMessageType.LogReport,
        Append append => TraceCount(append) > 0 ? PeerMessageType.AppendTraced : PeerMessageType.Append,
        AppendAck => PeerMessageType.AppendAck,
        EpochRefused => PeerMessageType.EpochRefused,
        LeaseReleased => PeerMessageType.LeaseReleased,
        SnapshotOffer => PeerMessageType.SnapshotOffer,
        SnapshotChunk => PeerMessageType.SnapshotChunk,
        SnapshotProgress => PeerMessageType.SnapshotProgress,
        _ => throw new ArgumentOutOfRangeException(nameof(message), message.GetType().Name, "No such message."),
    };

    private static void WriteAppend(FrameWriter writer, Append append)
    {
        writer.Position(append.Previous);
        writer.Index(append.Committed);
        writer.Int32(append.Entries.Count);
        for (var i = 0; i < append.Entries.Count; i++) writer.Entry(append.Entries[i]);
        if (TraceCount(append) is var count and > 0) WriteTraces(writer, append, count);
    }

    private static int TraceCount(Append append)
    {
        var count = 0;
        for (var i = 0; i < append.Entries.Count; i++)
            if (append.Entries[i].Trace is not null) count++;
        return count;
    }

    private static void WriteTraces(FrameWriter writer, Append append, int count)
    {
        writer.Int32(count);
        for (var i = 0; i < append.Entries.Count; i++)
        {
            if (append.Entries[i].Trace is not { } trace) continue;
            writer.Int32(i);
            writer.Int64((long)(ulong)(trace.TraceId >> 64));
            writer.Int64((long)(ulong)trace.TraceId);
            writer.Int64((long)trace.SpanId);
        }
    }

    private static Append ReadTraces(ref FrameReader reader, Append append)
    {
        var entries = (LogEntry[])append.Entries;
        var count = reader.Count(TraceBytes);
        for (var i = 0; i < count; i++)
        {
            var place = reader.Int32();
            if (place < 0 || place >= entries.Length) throw new InvalidDataException($"A trace names entry {place} of {entries.Length}.");
            var id = new UInt128((ulong)reader.Int64(), (ulong)reader.Int64());
            entries[place] = entries[place] with { Trace = new TraceContext(id, (ulong)reader.Int64()) };
        }

        return append;
    }

    private static Append ReadAppend(ref FrameReader reader, Protocol.Identity.Epoch epoch)
    {
        var (previous, committed) = (reader.Position(), reader.Index());
        var entries = new LogEntry[reader.Count(EntryBytesMin)];
        for (var i = 0; i < entries.Length; i++) entries[i] = reader.Entry();
        return new Append(epoch, previous, entries, committed);
    }

    private static void WriteReport(FrameWriter writer, LogReport report)
    {
        writer.Int32(report.Lineage);
        writer.Position(report.Base);
        writer.Position(report.Last);
        writer.Index(report.Applied);
        writer.Int32(report.EpochStarts.Count);
        foreach (var start in report.EpochStarts) writer.Position(new LogPosition(start.Epoch, start.First));
    }

    private static LogReport ReadReport(ref FrameReader reader, Protocol.Identity.Epoch epoch)
    {
        var (lineage, origin, last, applied) = (reader.Int32(), reader.Position(), reader.Position(), reader.Index());
        var starts = new EpochStart[reader.Count(EpochStartBytes)];
        for (var i = 0; i < starts.Length; i++) starts[i] = new EpochStart(reader.Epoch(), reader.Index());
        return new LogReport(epoch, lineage, origin, last, applied, starts);
    }
}

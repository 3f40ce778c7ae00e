using CsCheck;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Messages;
using KvCluster.Core.State;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Peer;

/// <summary>Peer messages of every type with any content.</summary>
internal static class Messages
{
    private static readonly Gen<Epoch> Epochs = Gen.Long.Select(value => new Epoch(value));
    private static readonly Gen<LogIndex> Indexes = Gen.Long.Select(value => new LogIndex(value));
    private static readonly Gen<LogPosition> Positions = Gen.Select(Epochs, Indexes, (epoch, index) => new LogPosition(epoch, index));
    private static readonly Gen<SnapshotId> Snapshots = Gen.Select(Gen.Int, Epochs, Indexes, Gen.Guid, (lineage, epoch, index, source) => new SnapshotId(lineage, epoch, index, source));
    private static readonly Gen<Revision> Revisions = Gen.ULong.Select(value => new Revision(value));
    private static readonly Gen<byte[]> Payloads = Gen.Byte.Array[0, 40];

    private static readonly Gen<TraceContext?> Traces =
        Gen.Select(Gen.Int[0, 3], Gen.ULong, Gen.ULong, Gen.ULong, (draw, upper, lower, span) => draw == 0 ? new TraceContext(new UInt128(upper, lower), span) : null);

    private static readonly Gen<LogEntry> Entries = Gen.Select(
        Epochs, Indexes, Revisions, Gen.Enum<EntryKind>(), Payloads, Traces,
        (epoch, index, revision, kind, payload, trace) => new LogEntry(epoch, index, revision, kind, payload) { Trace = trace });

    private static readonly Gen<EpochStart> Starts = Gen.Select(Epochs, Indexes, (epoch, first) => new EpochStart(epoch, first));

    public static readonly Gen<PeerMessage> Any = Gen.OneOf<PeerMessage>(
        Gen.Select(Epochs, Gen.Long, Indexes, Indexes, (epoch, at, last, committed) => (PeerMessage)new Beacon(epoch, at, last, committed)),
        Gen.Select(Epochs, Gen.Long, Gen.Long, Indexes, (epoch, at, probe, applied) => (PeerMessage)new BeaconAck(epoch, at, probe, applied)),
        Gen.Select(Epochs, Gen.Long, Indexes, (epoch, probe, committed) => (PeerMessage)new FreshnessAnswer(epoch, probe, committed)),
        Epochs.Select(epoch => (PeerMessage)new LogProbe(epoch)),
        Epochs.Select(epoch => (PeerMessage)new EpochRefused(epoch)),
        Gen.Select(Epochs, Indexes, (epoch, durable) => (PeerMessage)new AppendAck(epoch, durable)),
        Gen.Select(Epochs, Indexes, Gen.Bool, (epoch, last, leaving) => (PeerMessage)new LeaseReleased(epoch, last, leaving)),
        Gen.Select(Epochs, Positions, Entries.Array[0, 5], Indexes, (epoch, previous, entries, committed) => (PeerMessage)new Append(epoch, previous, entries, committed)),
        Gen.Select(Epochs, Gen.Int, Positions, Positions, Indexes, Starts.Array[0, 5], (epoch, lineage, origin, last, applied, starts) =>
            (PeerMessage)new LogReport(epoch, lineage, origin, last, applied, starts)),
        Gen.Select(Epochs, Snapshots, Revisions, (epoch, id, revision) => (PeerMessage)new SnapshotOffer(epoch, id, revision)),
        Gen.Select(Epochs, Snapshots, Gen.Int, Gen.Bool, Gen.UInt, Payloads, (epoch, id, number, isLast, checksum, chunk) =>
            (PeerMessage)new SnapshotChunk(epoch, id, number, isLast, checksum, chunk)),
        Gen.Select(Epochs, Snapshots, Gen.Int, (epoch, id, chunks) => (PeerMessage)new SnapshotProgress(epoch, id, chunks)));
}

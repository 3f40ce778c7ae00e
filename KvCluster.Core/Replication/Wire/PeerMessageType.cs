namespace KvCluster.Core.Replication.Wire;

/// <summary>The first byte of a peer message. Numbers are never given a second meaning.</summary>
internal enum PeerMessageType : byte
{
    Beacon = 1,
    BeaconAck = 2,
    FreshnessAnswer = 3,
    LogProbe = 4,
    LogReport = 5,
    Append = 6,
    AppendAck = 7,
    EpochRefused = 8,
    LeaseReleased = 9,
    SnapshotOffer = 10,
    SnapshotChunk = 11,
    SnapshotProgress = 12,

    /// <summary>An append some of whose entries belong to recorded traces.</summary>
    AppendTraced = 13,
}

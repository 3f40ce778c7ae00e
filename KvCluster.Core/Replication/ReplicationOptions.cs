namespace KvCluster.Core.Replication;

/// <summary>Times and bounds of replication. The safety of reads rests on one relation: grace &gt;= lease * (1 + r) / (1 - r) for clock rates that differ by r.</summary>
public sealed record ReplicationOptions
{
    public long BeaconMicroseconds { get; init; } = 100_000;

    /// <summary>How long a beacon's acknowledgement lets the main serve reads, counted from sending the beacon.</summary>
    public long LeaseMicroseconds { get; init; } = 500_000;

    /// <summary>How long a replica hears nothing before it asks to be main, counted from the last beacon received.</summary>
    public long GraceMicroseconds { get; init; } = 750_000;

    /// <summary>How long a write may wait for its commit before its outcome is called unknown.</summary>
    public long WriteTimeoutMicroseconds { get; init; } = 5_000_000;

    /// <summary>Pause before a request to the master is repeated.</summary>
    public long ProposalRetryMicroseconds { get; init; } = 150_000;
    public int InFlightEntriesMax { get; init; } = 65_536;

    /// <summary>Bytes of entries that are appended and not applied; a write beyond is refused.</summary>
    public long InFlightBytesMax { get; init; } = 256L << 20;

    /// <summary>Bytes of entries kept in memory behind the applied ones, for a replica that is a little behind.</summary>
    public long TailBytesMax { get; init; } = 2L << 20;

    /// <summary>Bytes of entries in one message; a single larger entry travels alone.</summary>
    public int AppendBytesMax { get; init; } = 1 << 20;

    /// <summary>Bytes sent to the replica and not yet acknowledged.</summary>
    public long WindowBytesMax { get; init; } = 16L << 20;

    /// <summary>What a learner is sent of the log, besides twice what the log grows by meanwhile.</summary>
    public long CatchUpBytesPerSecond { get; init; } = 8L << 20;

    /// <summary>A learner this close to the end of the log begins to count and to join the in-sync set.</summary>
    public int JoinLagMax { get; init; } = 4_096;

    /// <summary>A learner that has applied this close to the commit may join: whoever is promoted serves only when it has applied everything.</summary>
    public int JoinApplyLagMax { get; init; } = 4_096;
    public int SnapshotChunkBytes { get; init; } = 256 << 10;

    /// <summary>Chunks on their way at once.</summary>
    public int SnapshotWindow { get; init; } = 8;
    public long SnapshotBytesPerSecond { get; init; } = 128L << 20;

    /// <summary>How long a snapshot is kept for a learner that takes nothing of it.</summary>
    public long SnapshotPatienceMicroseconds { get; init; } = 180_000_000;

    /// <summary>Entries kept behind the applied one for a replica that comes back.</summary>
    public long LogEntriesKept { get; init; } = 4_000_000;
    public long LogBytesKept { get; init; } = 2L << 30;

    /// <summary>First pause before a replica that was just taken out may be put back; doubles with each loss in a minute.</summary>
    public long RejoinBackoffMicroseconds { get; init; } = 500_000;

    /// <summary>All times from one: the pause between two beacons.</summary>
    public static ReplicationOptions FromBeacon(int beaconMilliseconds) => new()
    {
        BeaconMicroseconds = beaconMilliseconds * 1_000L,
        LeaseMicroseconds = beaconMilliseconds * 5_000L,
        GraceMicroseconds = beaconMilliseconds * 7_500L,
    };
}

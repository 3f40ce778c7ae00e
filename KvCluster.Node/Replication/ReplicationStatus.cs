using KvCluster.Core.Replication;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Replication;

/// <summary>The core's state at one moment, for status, health and metrics.</summary>
internal sealed record ReplicationStatus
{
    public required ReplicaRole Role { get; init; }
    public required bool IsPromoting { get; init; }
    public required NodeConfiguration? Configuration { get; init; }
    public required LogPosition Base { get; init; }
    public required LogPosition Last { get; init; }
    public required LogIndex Durable { get; init; }
    public required LogIndex Committed { get; init; }
    public required LogIndex Applied { get; init; }
    public required LogIndex? PeerMatch { get; init; }
    public required bool RequiresPeer { get; init; }
    public required long PeerBacklogBytes { get; init; }

    /// <summary>How long the oldest entry that the other server lacks has been in a main's log.</summary>
    public required long PeerLagMicroseconds { get; init; }

    public static ReplicationStatus Of(ReplicationCore core, long peerLagMicroseconds) => new()
    {
        Role = core.Role,
        IsPromoting = core.IsPromoting,
        Configuration = core.Configuration,
        Base = core.Base,
        Last = core.Last,
        Durable = core.Durable,
        Committed = core.Committed,
        Applied = core.Applied,
        PeerMatch = core.PeerMatch,
        RequiresPeer = core.RequiresPeer,
        PeerBacklogBytes = core.PeerBacklogBytes,
        PeerLagMicroseconds = peerLagMicroseconds,
    };
}

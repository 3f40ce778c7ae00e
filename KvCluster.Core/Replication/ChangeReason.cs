namespace KvCluster.Core.Replication;

/// <summary>Why a server asks for another configuration of its node.</summary>
public enum ChangeReason
{
    /// <summary>No beacon was answered for a lease.</summary>
    PeerSilent,

    /// <summary>Entries that are durable here were not acknowledged, with no progress for two grace periods.</summary>
    PeerSlow,

    /// <summary>The peer's log cannot be continued with entries of this one.</summary>
    LogsDiffer,

    /// <summary>The peer lacks entries that are committed: its disk is an old one.</summary>
    PeerIncomplete,

    /// <summary>The peer's log goes on where this one ends: this disk lost a tail, or is an old one.</summary>
    OwnLogShort,

    /// <summary>The peer holds everything that is committed, and answers.</summary>
    PeerCaughtUp,

    /// <summary>The main was not heard for a grace period.</summary>
    MainSilent,

    /// <summary>The main gave its place up to the replica.</summary>
    MainReleased,

    /// <summary>The place was given up, and the replica did not take it.</summary>
    HandOverNotTaken,
}

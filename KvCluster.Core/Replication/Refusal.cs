namespace KvCluster.Core.Replication;

/// <summary>Why a server did not do what it was asked. Every member but <see cref="Unknown"/> is definite: nothing was appended.</summary>
public enum Refusal : byte
{
    None = 0,

    /// <summary>This server is not the node's main.</summary>
    NotMain,

    /// <summary>Main, but still bringing its log to the whole in-sync set; or not yet told its role.</summary>
    NotReady,

    /// <summary>No slots here yet, or the slot is another node's.</summary>
    SlotNotHere,

    /// <summary>Strict mode and no replica in sync.</summary>
    ReplicaUnavailable,

    /// <summary>The lease ran out and could not be confirmed in time.</summary>
    LeaseLost,

    /// <summary>A bounded read whose bound cannot be met.</summary>
    TooStale,

    /// <summary>Too much is in flight.</summary>
    Overloaded,

    /// <summary>The disk failed or is damaged.</summary>
    StorageFailed,

    /// <summary>The write was appended and this server lost track of it: it may or may not take effect.</summary>
    Unknown,
}

namespace KvCluster.Core.Commands;

/// <summary>What became of a write. Every member is definite; an unknown outcome is never computed, only reported by the server that lost track.</summary>
public enum OutcomeCode : byte
{
    /// <summary>The key did not exist and does now.</summary>
    Created = 0,

    /// <summary>The key existed and was changed.</summary>
    Updated = 1,

    /// <summary>The key existed and is gone.</summary>
    Deleted = 2,

    /// <summary>The key does not exist; nothing was changed.</summary>
    Absent = 3,
    PreconditionFailed = 4,
    ValueNotJson = 5,
    PatchInvalid = 6,
    PatchTestFailed = 7,
    PatchConflict = 8,
    ValueNotNumber = 9,
    CounterOverflow = 10,
    ValueTooLarge = 11,

    /// <summary>The slot is not this node's; leaves no record of the request.</summary>
    SlotMoved = 12,

    /// <summary>The request id is older than the records kept; this attempt had no effect.</summary>
    DedupExpired = 13,

    /// <summary>The request id's stamp is more than a minute ahead of the log; this attempt had no effect.</summary>
    StampInFuture = 14,

    /// <summary>A control record or no-op took its place in the log.</summary>
    None = 15,

    /// <summary>So many opaque request ids are remembered that no new one is taken; this attempt had no effect.</summary>
    RequestsFull = 16,
}

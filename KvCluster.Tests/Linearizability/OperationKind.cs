namespace KvCluster.Tests.Linearizability;

/// <summary>What a client asked of one key.</summary>
public enum OperationKind
{
    Read,
    Put,
    Delete,

    /// <summary>Adds the argument to a counter; an absent key counts from zero.</summary>
    Increment,

    /// <summary>Sets the first field of a document of two fields to the argument, zero removes it; an absent key becomes a document.</summary>
    PatchFirst,

    /// <summary>The same for the second field.</summary>
    PatchSecond,

    /// <summary>The time to live that the argument names is over. Nobody waits for it, it happens once or never.</summary>
    RunOut,

    /// <summary>Gives an existing key another time to live, or none, and leaves its value alone.</summary>
    ChangeLifetime,

    /// <summary>Takes its time to live from a key that has one; any other key counts as absent.</summary>
    Persist,

    /// <summary>Sets both keys of a pair to the argument, as one. The condition is the first key's.</summary>
    PutBoth,

    /// <summary>Removes both keys of a pair, as one.</summary>
    DeleteBoth,

    /// <summary>Sets the first key of a pair alone.</summary>
    PutFirst,

    /// <summary>Sets the second key of a pair alone.</summary>
    PutSecond,
}

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

    /// <summary>The time to live that a write with this value gave its key is over. Nobody waits for it, it happens once or never.</summary>
    Expire,
}

namespace KvCluster.Node.Control;

/// <summary>What became of a compare-and-set.</summary>
public enum RegisterOutcome
{
    Written,

    /// <summary>Somebody was faster; nothing was written.</summary>
    Conflict,

    /// <summary>It may or may not have been written: read, and ask again with the same document.</summary>
    Unknown,
}

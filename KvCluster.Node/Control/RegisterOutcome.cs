namespace KvCluster.Node.Control;

/// <summary>What became of a compare-and-set.</summary>
public enum RegisterOutcome
{
    Written,

    /// <summary>Somebody was faster; nothing was written.</summary>
    Conflict,

    /// <summary>Nothing was written and nothing of it will be: no majority answered, or a new voter was not ready.</summary>
    Unavailable,

    /// <summary>It may or may not have been written: read, and ask again with the same document.</summary>
    Unknown,
}

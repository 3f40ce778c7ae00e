namespace KvCluster.Node.Control;

/// <summary>How a compare-and-set ended.</summary>
public enum RegisterOutcome
{
    /// <summary>This request made the successor of the expected version.</summary>
    Written,

    /// <summary>Another request did; nothing was written, and nothing of it ever will be.</summary>
    Conflict,

    /// <summary>A new voter was not ready: nothing was written, and nothing of it will be, earlier attempts included.</summary>
    NotReady,

    /// <summary>This attempt did nothing and will do nothing: no majority answered. It says nothing of an earlier one under the same request id.</summary>
    Unavailable,

    /// <summary>It may or may not have been written, or will be: ask again with the same document.</summary>
    Unknown,
}

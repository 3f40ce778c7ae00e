namespace KvCluster.Node.Diagnostics;

/// <summary>What became of an operation, in the four words that an alert needs.</summary>
internal enum OperationOutcome
{
    /// <summary>Done; an absent key is an answer too.</summary>
    Ok,

    /// <summary>The request did not fit the key's state (a failed precondition, a patch of something else). Not the server's fault.</summary>
    Rejected,

    /// <summary>Nothing was done and nothing will be: not main, not ready, overloaded.</summary>
    Refused,

    /// <summary>A write that may or may not take effect.</summary>
    Unknown,
}

namespace KvCluster.Node.Diagnostics;

/// <summary>Why a replica became main.</summary>
internal enum FailoverReason
{
    /// <summary>The main was not heard of for a grace period.</summary>
    Silence,

    /// <summary>The main gave its place away: an operator asked for it, or it was about to stop.</summary>
    HandOver,

    /// <summary>An operator made a server main that was not in sync, by force.</summary>
    Operator,
}

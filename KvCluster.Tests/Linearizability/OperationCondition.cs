namespace KvCluster.Tests.Linearizability;

/// <summary>What an operation wants to hold of its key.</summary>
public enum OperationCondition
{
    None,
    Absent,
    Present,

    /// <summary>The key still has the value named by <see cref="Operation.Expected"/>: compare-and-set by the revision seen with it.</summary>
    Match,
}

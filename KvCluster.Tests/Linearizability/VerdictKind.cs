namespace KvCluster.Tests.Linearizability;

public enum VerdictKind
{
    Linearizable,
    Violated,

    /// <summary>The allowed work did not suffice. Never taken for a yes.</summary>
    Undecided,
}

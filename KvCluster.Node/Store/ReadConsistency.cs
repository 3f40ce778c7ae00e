namespace KvCluster.Node.Store;

/// <summary>How fresh a read must be.</summary>
/// <param name="BoundMilliseconds">For <see cref="ReadConsistencyKind.Bounded"/>: how stale the answer may be.</param>
public readonly record struct ReadConsistency(ReadConsistencyKind Kind, int BoundMilliseconds = 0)
{
    public static readonly ReadConsistency Linearizable;
    public static readonly ReadConsistency Replica = new(ReadConsistencyKind.Replica);
}

namespace KvCluster.Client;

/// <summary>Which server may answer a read, and how old the answer may be.</summary>
public readonly record struct KvConsistency
{
    private KvConsistency(KvConsistencyKind kind, TimeSpan staleness)
    {
        Kind = kind;
        Staleness = staleness;
    }

    public KvConsistencyKind Kind { get; }

    /// <summary>The bound of <see cref="Bounded"/>.</summary>
    public TimeSpan Staleness { get; }

    /// <summary>The default: linearizable at the main; when the main does not answer the replica does, and the result says so.</summary>
    public static KvConsistency PreferMain => default;

    /// <summary>Linearizable or not at all: waits for a failover within the time budget.</summary>
    public static KvConsistency Linearizable => new(KvConsistencyKind.Linearizable, default);

    /// <summary>From the replica, however far it is behind; from the main when there is no replica in reach.</summary>
    public static KvConsistency Replica => new(KvConsistencyKind.Replica, default);

    /// <summary>From the replica if it is at most this far behind, else from the main.</summary>
    public static KvConsistency Bounded(TimeSpan staleness)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(staleness, TimeSpan.FromMilliseconds(1));
        return new(KvConsistencyKind.Bounded, staleness);
    }
}

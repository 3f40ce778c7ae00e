namespace KvCluster.Protocol.Topology;

/// <summary>Settings that hold for the whole cluster and can change while it runs.</summary>
public sealed record ClusterSettings
{
    public WriteMode WriteMode { get; init; }

    /// <summary>How many nodes must have registered before the slots are dealt out for the first time.</summary>
    public int InitialNodes { get; init; } = 1;

    /// <summary>How many servers should vote on the topology: 1, 3 or 5.</summary>
    public int VotersMax { get; init; } = 3;
}

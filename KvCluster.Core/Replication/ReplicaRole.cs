namespace KvCluster.Core.Replication;

/// <summary>What a server is in its node.</summary>
public enum ReplicaRole
{
    /// <summary>In no node, or its present run is not registered yet: it answers nothing.</summary>
    None,

    /// <summary>Main, bringing its log to the whole in-sync set; serves nothing yet.</summary>
    Reconciling,

    /// <summary>Main and serving.</summary>
    Main,

    /// <summary>In the in-sync set, not main.</summary>
    Replica,

    /// <summary>Not in the in-sync set: catching up.</summary>
    Learner,

    /// <summary>Its storage failed; it takes no part any more.</summary>
    Failed,
}

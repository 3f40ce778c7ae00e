namespace KvCluster.Hosting.Sight;

/// <summary>How well the cluster serves, in one word.</summary>
internal enum ClusterCondition
{
    /// <summary>No server answers, or a slot is not served.</summary>
    Unhealthy,

    /// <summary>All slots are served, and something would not outlive the next fault.</summary>
    Degraded,

    /// <summary>All slots are served, each write by two servers where the node has two.</summary>
    Healthy,
}

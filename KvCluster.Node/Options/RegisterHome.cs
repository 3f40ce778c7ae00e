namespace KvCluster.Node.Options;

/// <summary>Where the topology is kept.</summary>
public enum RegisterHome
{
    /// <summary>By the servers themselves: one, three or five of them vote.</summary>
    Embedded,

    /// <summary>In an etcd.</summary>
    Etcd,

    /// <summary>In a ConfigMap of the Kubernetes that the servers run in.</summary>
    Kubernetes,
}

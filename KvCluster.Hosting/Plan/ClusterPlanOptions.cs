namespace KvCluster.Hosting.Plan;

/// <summary>What the user asked for. Nothing here is checked: see <see cref="ClusterPlanValidator"/>.</summary>
internal sealed record ClusterPlanOptions
{
    /// <summary>Begins the name of every server, so that two clusters can stand side by side.</summary>
    public string Name { get; init; } = "kv";

    /// <summary>Nodes beside the master node.</summary>
    public int Slaves { get; init; } = 2;

    /// <summary>False: every node is one server, and a write has one copy.</summary>
    public bool Replicas { get; init; } = true;

    /// <summary>Whether a server that only votes is started. None: where exactly two servers hold data, since two votes cannot
    /// outlive either of them.</summary>
    public bool? Witness { get; init; }

    /// <summary>Folder for the data of all servers. None: one of the AppHost's own under the user's local application data.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>True: the data goes to a temporary folder that is deleted at the end.</summary>
    public bool Ephemeral { get; init; }

    /// <summary>First port of the cluster. None: free ports, remembered with the data.</summary>
    public int? BasePort { get; init; }

    /// <summary>True: every server offers its metrics to whoever fetches them.</summary>
    public bool Metrics { get; init; }

    /// <summary>File that tells scripts who runs where.</summary>
    public string? StateFile { get; init; }
}

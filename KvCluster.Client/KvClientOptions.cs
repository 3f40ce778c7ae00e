namespace KvCluster.Client;

/// <summary>How the client behaves. Everything has a default that suits a service; only a server to begin with is needed.</summary>
public sealed class KvClientOptions
{
    /// <summary>Any servers of the cluster, such as <c>http://10.0.0.7:8080</c>; one is enough. They are only the beginning: the rest is learnt from the cluster.</summary>
    public IList<Uri> Endpoints { get; } = [];

    /// <summary>Name of a service to look servers up with service discovery, such as <c>http://kv</c>; used when <see cref="Endpoints"/> is empty.</summary>
    public string? ServiceName { get; set; }

    /// <summary>A fixed list of nodes for a cluster without a master. When it is not empty nothing is asked and nothing learnt.</summary>
    public IList<KvStaticNode> StaticNodes { get; } = [];

    /// <summary>How long one call may try, retries and waiting for a failover included. At most 30 seconds, a tenth of the servers' window for exactly-once.</summary>
    public TimeSpan TimeBudget { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a server may take to answer before the client looks for another; a second more for each MiB sent.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(3);

    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often every known server is checked, main and replica.</summary>
    public TimeSpan HealthInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Have the cluster tell of changes of its topology, over one connection to one server, so that a failover is known before a request runs into it.</summary>
    public bool WatchTopology { get; set; } = true;

    /// <summary>How reads without options of their own are answered.</summary>
    public KvConsistency Consistency { get; set; }

    public int ConnectionsPerServerMax { get; set; } = 256;
}

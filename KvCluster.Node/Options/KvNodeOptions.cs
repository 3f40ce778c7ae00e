using KvCluster.Core.Replication;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Options;

/// <summary>Section <c>KvNode</c> of the configuration (file, environment <c>KvNode__...</c>, command line <c>--KvNode:...</c>).</summary>
public sealed class KvNodeOptions
{
    public const string Section = "KvNode";

    /// <summary>Name of this server, unique in the cluster.</summary>
    public string Name { get; set; } = "";

    /// <summary>Name of the node it belongs to; empty: the master chooses.</summary>
    public string Node { get; set; } = "";
    public PreferredRole PreferredRole { get; set; }
    public ServerKind Kind { get; set; }

    /// <summary>Address to listen on.</summary>
    public string BindAddress { get; set; } = "127.0.0.1";

    /// <summary>Host name or address under which others reach this server; empty: the bind address.</summary>
    public string AdvertisedHost { get; set; } = "";
    public int HttpPort { get; set; }
    public int PeerPort { get; set; }

    /// <summary>Redis protocol; 0: that port stays closed.</summary>
    public int RespPort { get; set; }

    /// <summary>Host under which Redis clients reach this server, where it differs from the advertised host.</summary>
    public string RespAdvertisedHost { get; set; } = "";

    /// <summary>Port under which Redis clients reach this server, where it differs from the port itself.</summary>
    public int RespAdvertisedPort { get; set; }

    /// <summary>Folder of this server alone; made when it is missing.</summary>
    public string DataDirectory { get; set; } = "";

    /// <summary>HTTP urls of other servers, separated by commas: where to look for the cluster.</summary>
    public string Seeds { get; set; } = "";

    /// <summary>True for the one server that may create the cluster.</summary>
    public bool Bootstrap { get; set; }

    /// <summary>Name of the one server that may create the cluster, where several servers share one configuration and only their names
    /// differ, as the pods of a StatefulSet do; empty: see <see cref="Bootstrap"/>.</summary>
    public string BootstrapServer { get; set; } = "";

    /// <summary>For the bootstrap server: how many nodes must be there before slots are dealt out.</summary>
    public int InitialNodes { get; set; } = 1;

    /// <summary>Where the topology is kept; the same for every server of a cluster.</summary>
    public RegisterHome Register { get; set; }

    /// <summary>With Register=Etcd: client urls of its members, separated by commas.</summary>
    public string EtcdEndpoints { get; set; } = "";

    /// <summary>With Register=Etcd: the key of the topology, one for each cluster. Its version lies beside it.</summary>
    public string EtcdKey { get; set; } = "kvcluster/topology";

    /// <summary>With Register=Kubernetes: the ConfigMap of the topology, one for each cluster; made by the first server.</summary>
    public string KubernetesConfigMap { get; set; } = "kvcluster-topology";

    /// <summary>With Register=Kubernetes: its namespace; empty: that of this server's pod.</summary>
    public string KubernetesNamespace { get; set; } = "";

    /// <summary>With Register=Kubernetes: url of the API server; empty: as a pod finds it, else as a kubeconfig says.</summary>
    public string KubernetesUrl { get; set; } = "";

    /// <summary>For the bootstrap server: how many servers should vote on the topology once there are enough: 1, 3 or 5.</summary>
    public int Voters { get; set; } = 3;

    /// <summary>For the bootstrap server: the cluster's first write mode.</summary>
    public WriteMode WriteMode { get; set; }

    /// <summary>Stop when standard input ends: set by an orchestrator that must not leave orphans.</summary>
    public bool ExitWithParent { get; set; }

    /// <summary>Pause between two beacons; lease and grace period derive from it (5 and 7.5 times), all in milliseconds.</summary>
    public int BeaconMilliseconds { get; set; } = 100;

    /// <summary><c>Always</c>, <c>Never</c>, or <c>Interval:MILLISECONDS</c>.</summary>
    public string Fsync { get; set; } = "Always";

    /// <summary>Largest value in bytes.</summary>
    public int ValueBytesMax { get; set; } = 16 * 1024 * 1024;

    /// <summary>Bytes of writes that may be in flight before new ones are refused.</summary>
    public long InFlightBytesMax { get; set; } = 256L * 1024 * 1024;

    /// <summary>Entries of the log kept for a replica that comes back; one that was away for longer gets a snapshot.</summary>
    public long LogEntriesKept { get; set; } = 4_000_000;

    /// <summary>Bytes of the log a second that a replica that comes back is sent, besides twice what is written meanwhile: more brings it back
    /// sooner, less is felt less by the writes of that time.</summary>
    public long CatchUpBytesPerSecond { get; set; } = 8L * 1024 * 1024;

    /// <summary>Bytes of a snapshot a second.</summary>
    public long SnapshotBytesPerSecond { get; set; } = 128L * 1024 * 1024;

    /// <summary>Memory for the values that were read or written lately; what is not there is asked of the disk's own caches.</summary>
    public int CacheBytes { get; set; } = 96 * 1024 * 1024;

    /// <summary>How long a server that was asked to stop still answers after it gave its node away, so that balancers can forget it: 5000 in
    /// Kubernetes, where the end of a pod races its removal from the endpoints.</summary>
    public int ShutdownDelayMilliseconds { get; set; }

    public bool IsBootstrap => Bootstrap || (BootstrapServer.Length > 0 && BootstrapServer == Name);
    public string Host => AdvertisedHost.Length > 0 ? AdvertisedHost : BindAddress;
    public Uri HttpUrl => new($"http://{Host}:{HttpPort}");

    public ReplicationOptions Replication => ReplicationOptions.FromBeacon(BeaconMilliseconds) with
    {
        InFlightBytesMax = InFlightBytesMax,
        LogEntriesKept = LogEntriesKept,
        CatchUpBytesPerSecond = CatchUpBytesPerSecond,
        SnapshotBytesPerSecond = SnapshotBytesPerSecond,
    };

    /// <summary>How long bytes to another server may stay unacknowledged before the connection is given up.</summary>
    public TimeSpan PeerSilenceMax => TimeSpan.FromMilliseconds(BeaconMilliseconds * 15);
    public string? RespAddress => RespPort == 0 ? null : $"{(RespAdvertisedHost.Length > 0 ? RespAdvertisedHost : Host)}:{(RespAdvertisedPort > 0 ? RespAdvertisedPort : RespPort)}";
    public string PeerAddress => $"{Host}:{PeerPort}";
    public IReadOnlyList<Uri> SeedUrls => Urls(Seeds);
    public IReadOnlyList<Uri> EtcdUrls => Urls(EtcdEndpoints);

    private static IReadOnlyList<Uri> Urls(string list) => [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(url => new Uri(url))];
}

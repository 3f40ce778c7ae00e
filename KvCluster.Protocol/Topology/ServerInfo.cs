using KvCluster.Protocol.Identity;

namespace KvCluster.Protocol.Topology;

/// <summary>One server as everybody knows it.</summary>
public sealed record ServerInfo
{
    public required ServerId Id { get; init; }

    /// <summary>The data folder behind the server: its true identity.</summary>
    public required StoreId StoreId { get; init; }

    /// <summary>Which run of the process this is; raised at every registration.</summary>
    public required Incarnation Incarnation { get; init; }

    /// <summary>The same run by the name that it gave itself, which its data folder remembers.</summary>
    public Guid RunId { get; init; }

    /// <summary>Name for people, unique in the cluster, such as <c>kv-slave-1-replica</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where clients and other servers reach it by HTTP, such as <c>http://10.0.0.7:8080</c>.</summary>
    public required Uri Http { get; init; }

    /// <summary>Where the other server of its node reaches it, <c>host:port</c>; binary frames, never for clients.</summary>
    public required string Peer { get; init; }

    /// <summary>Where Redis clients reach it, <c>host:port</c>; none when that port is off.</summary>
    public string? Resp { get; init; }

    /// <summary>Identity of its vote's file; none where the topology's register is kept elsewhere. A lost file is another vote.</summary>
    public Guid? VoterId { get; init; }
}

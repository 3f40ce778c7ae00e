using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Protocol.Contracts;

/// <summary><c>POST /cluster/nodes</c>: a server asks the master for its identity, node and slots. Idempotent by <see cref="StoreId"/>.</summary>
public sealed record RegistrationRequest
{
    /// <summary>The cluster the server's data folder belongs to; none for a new folder.</summary>
    public ClusterId ClusterId { get; init; }

    /// <summary>The newest lineage of the register that the server has seen; a store that only a restore has forgotten is behind it.</summary>
    public int Lineage { get; init; }
    public required StoreId StoreId { get; init; }

    /// <summary>Unique in the cluster; taken by another store: <c>identity-taken</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Name of the node it wants to be in; none: the master chooses.</summary>
    public string? Node { get; init; }
    public ServerKind Kind { get; init; }
    public PreferredRole PreferredRole { get; init; }
    public required Uri Http { get; init; }
    public required string Peer { get; init; }
    public string? Resp { get; init; }

    /// <summary>Its vote on the topology; none where the register is kept elsewhere.</summary>
    public Guid? VoterId { get; init; }

    /// <summary>Which run of the process asks; a repeat with the same value gets the same incarnation.</summary>
    public required Guid RunId { get; init; }

    /// <summary>The earlier runs that the data folder remembers. One that does not remember the newest is an old state of it; none: nothing is said, as by a witness.</summary>
    public IReadOnlyList<Guid>? KnownRuns { get; init; }
}

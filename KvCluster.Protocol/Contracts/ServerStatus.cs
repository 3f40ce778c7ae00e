using System.Collections.Immutable;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;

namespace KvCluster.Protocol.Contracts;

/// <summary><c>GET /cluster/status</c>: this server about itself.</summary>
public sealed record ServerStatus
{
    public required string Name { get; init; }
    public required ServerState State { get; init; }

    /// <summary>One sentence when the state needs one: why it is not serving, why it is degraded.</summary>
    public string? Reason { get; init; }
    public ServerId Server { get; init; }
    public NodeId Node { get; init; }
    public bool IsMaster { get; init; }
    public Incarnation Incarnation { get; init; }
    public Epoch Epoch { get; init; }
    public ImmutableArray<ServerId> InSync { get; init; } = [];

    /// <summary>True while an acknowledged write has one durable copy only although the node has two servers.</summary>
    public bool IsDegraded { get; init; }
    public ImmutableArray<SlotRange> Slots { get; init; } = [];
    public LogIndex LogFirst { get; init; }
    public LogIndex LogLast { get; init; }
    public LogIndex Durable { get; init; }
    public LogIndex Committed { get; init; }
    public LogIndex Applied { get; init; }

    /// <summary>Entries the other server is behind; none when there is no other server in reach.</summary>
    public long? ReplicationLag { get; init; }
    public WriteMode WriteMode { get; init; }
    public string Fsync { get; init; } = "always";
    public long TopologyVersion { get; init; }
    public int ProcessId { get; init; }
    public string Version { get; init; } = "";
}

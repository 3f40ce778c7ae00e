using System.Collections.Immutable;
using System.Text.Json.Serialization;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;

namespace KvCluster.Protocol.Topology;

/// <summary>A pair of servers that hold the same data, and what they are allowed to do.</summary>
public sealed record NodeInfo
{
    public required NodeId Id { get; init; }

    /// <summary>Name for people, unique in the cluster, such as <c>kv-slave-1</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Raised by every change of <see cref="Main"/> or <see cref="InSync"/>, and when the main's process starts anew.</summary>
    public required Epoch Epoch { get; init; }

    /// <summary>Raised only when an operator forces a promotion that may lose data.</summary>
    public int Lineage { get; init; }

    public required ServerId Main { get; init; }

    /// <summary>The servers that must have a write before it is acknowledged. Never empty; contains the main.</summary>
    public required ImmutableArray<ServerId> InSync { get; init; }

    /// <summary>One or two servers.</summary>
    public required ImmutableArray<ServerInfo> Servers { get; init; }

    public ImmutableArray<SlotRange> Slots { get; init; } = [];

    /// <summary>Id of the assignment or migration that gave the node its slots.</summary>
    public long SlotEpoch { get; init; }

    public NodeStatus Status { get; init; }

    [JsonIgnore]
    public ServerInfo MainServer => Find(Main) ?? throw new InvalidOperationException($"{Id} names a main that is not one of its servers.");

    /// <summary>The server that is not the main; none when the node runs without a replica.</summary>
    [JsonIgnore]
    public ServerInfo? ReplicaServer => Servers.FirstOrDefault(server => server.Id != Main);

    public ServerInfo? Find(ServerId id) => Servers.FirstOrDefault(server => server.Id == id);
    public bool Owns(Slot slot) => Slots.Any(range => range.Contains(slot));
}

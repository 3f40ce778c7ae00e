using System.Collections.Immutable;
using System.Text.Json.Serialization;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;

namespace KvCluster.Protocol.Topology;

/// <summary>
/// All that the cluster knows about itself: one immutable document, changed only by compare-and-set on its version.
/// </summary>
public sealed record ClusterTopology
{
    public required ClusterId ClusterId { get; init; }

    /// <summary>Raised only when an operator restores the register from a copy.</summary>
    public int Lineage { get; init; }

    /// <summary>Raised with each change of the voters.</summary>
    public long Generation { get; init; } = 1;

    public required long Version { get; init; }

    /// <summary>The server that holds the master's office.</summary>
    public ServerId Master { get; init; }

    public ImmutableArray<VoterInfo> Voters { get; init; } = [];
    public ImmutableArray<NodeInfo> Nodes { get; init; } = [];
    public ImmutableArray<ServerInfo> Witnesses { get; init; } = [];
    public ClusterSettings Settings { get; init; } = new();
    public int NextNodeId { get; init; } = 1;
    public int NextServerId { get; init; } = 1;
    public long NextIncarnation { get; init; } = 1;
    public long NextMigrationId { get; init; } = 1;

    /// <summary>The last 64 versions with the request that made each.</summary>
    public ImmutableArray<RecentChange> Recent { get; init; } = [];

    /// <summary>Every slot has an owner.</summary>
    [JsonIgnore]
    public bool AllSlotsAssigned => Nodes.Sum(node => node.Slots.Sum(range => range.Length)) == Slot.Count;

    public NodeInfo? Find(NodeId id) => Nodes.FirstOrDefault(node => node.Id == id);
    public NodeInfo? OwnerOf(Slot slot) => Nodes.FirstOrDefault(node => node.Owns(slot));
    public NodeInfo? NodeOf(ServerId server) => Nodes.FirstOrDefault(node => node.Find(server) is not null);

    public ServerInfo? FindServer(ServerId id) =>
        NodeOf(id)?.Find(id) ?? Witnesses.FirstOrDefault(witness => witness.Id == id);

    public ServerInfo? FindServer(StoreId store) =>
        Servers.FirstOrDefault(server => server.StoreId == store);

    [JsonIgnore]
    public IEnumerable<ServerInfo> Servers => Nodes.SelectMany(node => node.Servers).Concat(Witnesses);

    [JsonIgnore]
    public NodeInfo? MasterNode => NodeOf(Master);

    public ClusterTopology With(NodeInfo changed)
    {
        var place = Nodes.IndexOf(Nodes.First(node => node.Id == changed.Id));
        return this with { Nodes = Nodes.SetItem(place, changed) };
    }
}

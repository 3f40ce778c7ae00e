using System.Collections.Immutable;
using KvCluster.Client.Http;
using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;

namespace KvCluster.Client.Topology;

/// <summary>One version of the topology made ready for routing: the node of each slot by one array access. Immutable.</summary>
internal sealed class RoutingTable
{
    private readonly NodeRoute?[] _bySlot = new NodeRoute?[Slot.Count];

    public RoutingTable(ClusterTopology topology, Func<NodeInfo, NodeRoute> routeOf)
    {
        Topology = topology;
        var nodes = ImmutableArray.CreateBuilder<NodeRoute>();
        foreach (var node in topology.Nodes)
        {
            var route = routeOf(node);
            nodes.Add(route);
            foreach (var range in node.Slots)
                _bySlot.AsSpan(range.First, range.Length).Fill(route);
        }

        Nodes = nodes.ToImmutable();
        Servers = [.. Nodes.SelectMany(route => new[] { route.Main, route.Replica }.OfType<StoreServer>()).Distinct()];
    }

    public ClusterTopology Topology { get; }
    public ImmutableArray<NodeRoute> Nodes { get; }

    /// <summary>Mains and replicas of all nodes.</summary>
    public ImmutableArray<StoreServer> Servers { get; }

    /// <summary>The node of a slot; none while nobody owns it.</summary>
    public NodeRoute? RouteOf(Slot slot) => _bySlot[slot.Value];
}

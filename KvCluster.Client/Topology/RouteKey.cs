using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;

namespace KvCluster.Client.Topology;

/// <summary>Names a node by a slot that it owns, or by its id.</summary>
internal readonly record struct RouteKey
{
    private readonly Slot _slot;
    private readonly NodeId _node;

    private RouteKey(Slot slot, NodeId node)
    {
        _slot = slot;
        _node = node;
    }

    public static RouteKey Of(KvKey key) => new(key.Slot, NodeId.None);
    public static RouteKey Of(NodeId node) => new(default, node);

    public NodeRoute? FindIn(RoutingTable? routing)
    {
        if (routing is null) return null;
        if (_node == NodeId.None) return routing.RouteOf(_slot);
        foreach (var route in routing.Nodes)
        {
            if (route.Id == _node) return route;
        }

        return null;
    }

    public override string ToString() => _node == NodeId.None ? $"slot {_slot}" : _node.ToString();
}

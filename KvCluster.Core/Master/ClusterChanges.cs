using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Master;

/// <summary>What an operator changes.</summary>
public static class ClusterChanges
{
    public static TopologyDecision SetWriteMode(ClusterTopology topology, WriteMode mode) =>
        new(topology.Settings.WriteMode == mode ? topology : topology with { Settings = topology.Settings with { WriteMode = mode } });

    /// <summary>Takes a node out that holds nothing.</summary>
    public static TopologyDecision RemoveNode(ClusterTopology topology, NodeId id)
    {
        if (topology.Find(id) is not { } node) return TopologyDecision.Refuse(ProblemCode.NodeUnknown, $"There is no {id}.");
        if (!node.Slots.IsEmpty) return TopologyDecision.Refuse(ProblemCode.NodeHasSlots, $"{node.Name} holds slots; they would be lost.");
        if (node.Find(topology.Master) is not null) return TopologyDecision.Refuse(ProblemCode.TopologyConflict, $"{node.Name} is the master's node.");
        return new TopologyDecision(topology with { Nodes = topology.Nodes.Remove(node) });
    }
}

using System.Collections.Immutable;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Master;

/// <summary>What an operator changes.</summary>
public static class ClusterChanges
{
    public static TopologyDecision SetWriteMode(ClusterTopology topology, WriteMode mode) =>
        new(topology.Settings.WriteMode == mode ? topology : topology with { Settings = topology.Settings with { WriteMode = mode } });

    /// <summary>Takes a node out.</summary>
    /// <param name="force">Also one that holds slots: what is in them is lost, and they go to the other nodes, empty.</param>
    public static TopologyDecision RemoveNode(ClusterTopology topology, NodeId id, bool force = false)
    {
        if (topology.Find(id) is not { } node) return TopologyDecision.Refuse(ProblemCode.NodeUnknown, $"There is no {id}.");
        if (!node.Slots.IsEmpty && !force)
            return TopologyDecision.Refuse(ProblemCode.NodeHasSlots, $"{node.Name} holds {node.Slots.Sum(range => range.Length)} slots; every key in them would be lost.");
        if (topology.Nodes.Length == 1) return TopologyDecision.Refuse(ProblemCode.TopologyConflict, $"{node.Name} is the last node.");
        if (node.Find(topology.Master) is not null) return TopologyDecision.Refuse(ProblemCode.TopologyConflict, $"{node.Name} is the master's node.");
        var rest = topology with { Nodes = topology.Nodes.Remove(node) };
        return new TopologyDecision(node.Slots.IsEmpty ? rest : DealOut(rest, node.Slots));
    }

    /// <summary>Takes out a witness, or the server of a node that is not its main. The node's main goes on alone.</summary>
    public static TopologyDecision RemoveServer(ClusterTopology topology, ServerId id)
    {
        if (topology.FindServer(id) is not { } server) return TopologyDecision.Refuse(ProblemCode.NodeUnknown, $"There is no server {id}.");
        if (topology.Master == id) return TopologyDecision.Refuse(ProblemCode.TopologyConflict, $"{server.Name} is the master: stop it, and another one takes the office.");
        if (topology.NodeOf(id) is not { } node) return new TopologyDecision(topology with { Witnesses = topology.Witnesses.Remove(server) });
        if (node.Main == id) return TopologyDecision.Refuse(ProblemCode.TopologyConflict, $"{server.Name} is the main of {node.Name}: hand the node over first.");
        return new TopologyDecision(topology.With(node with
        {
            Servers = node.Servers.Remove(server),
            InSync = node.InSync.Remove(id),
            Epoch = node.InSync.Contains(id) ? node.Epoch.Next : node.Epoch,
        }));
    }

    // To each of the others the next of the ranges, the one with the fewest slots first.
    private static ClusterTopology DealOut(ClusterTopology topology, ImmutableArray<SlotRange> slots)
    {
        var next = topology with { NextMigrationId = topology.NextMigrationId + 1 };
        foreach (var range in slots)
        {
            var heir = next.Nodes.MinBy(node => node.Slots.Sum(held => held.Length))!;
            next = next.With(heir with { Slots = heir.Slots.Add(range), SlotEpoch = topology.NextMigrationId });
        }

        return next;
    }
}

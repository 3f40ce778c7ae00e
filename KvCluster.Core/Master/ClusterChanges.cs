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
        if (node.Find(topology.Master) is not null)
            return TopologyDecision.Refuse(ProblemCode.TopologyConflict, $"{node.Name} is the master's node: move the office first (kv master move).");
        if (VoterAmong(topology, node.Servers) is { } voter) return voter;
        var rest = topology with { Nodes = topology.Nodes.Remove(node) };
        return new TopologyDecision(node.Slots.IsEmpty ? rest : DealOut(rest, node.Slots));
    }

    /// <summary>Takes out a witness, or the server of a node that is not its main. The node's main goes on alone.</summary>
    public static TopologyDecision RemoveServer(ClusterTopology topology, ServerId id)
    {
        if (topology.FindServer(id) is not { } server) return TopologyDecision.Refuse(ProblemCode.NodeUnknown, $"There is no server {id}.");
        if (topology.Master == id) return TopologyDecision.Refuse(ProblemCode.TopologyConflict, $"{server.Name} is the master: move the office first (kv master move).");
        if (topology.NodeOf(id) is { } led && led.Main == id) return TopologyDecision.Refuse(ProblemCode.TopologyConflict, $"{server.Name} is the main of {led.Name}: hand the node over first.");
        if (VoterAmong(topology, [server]) is { } voter) return voter;
        if (topology.NodeOf(id) is not { } node) return new TopologyDecision(topology with { Witnesses = topology.Witnesses.Remove(server) });
        return new TopologyDecision(topology.With(node with
        {
            Servers = node.Servers.Remove(server),
            InSync = node.InSync.Remove(id),
            Epoch = node.InSync.Contains(id) ? node.Epoch.Next : node.Epoch,
        }));
    }

    /// <summary>
    /// Gives the votes of servers that are to leave to others, in a change of its own: their removal is then decided by voters who stay. In one
    /// change with it they would be gone before the new voters hold the register.
    /// </summary>
    public static TopologyDecision MoveVotes(ClusterTopology topology, IReadOnlyCollection<ServerId> leaving, Predicate<ServerId> isUsable)
    {
        if (VoterPlan.Without(topology, leaving, isUsable) is not { } voters) return new TopologyDecision(topology);
        return voters.IsEmpty
            ? TopologyDecision.Refuse(ProblemCode.VoterNeeded, "Nobody else in sight could vote on the topology.")
            : new TopologyDecision(topology with { Generation = topology.Generation + 1, Voters = voters });
    }

    // A voter that leaves counts as dead for ever: two of three that leave would take the majority with them.
    private static TopologyDecision? VoterAmong(ClusterTopology topology, IEnumerable<ServerInfo> leaving) =>
        leaving.FirstOrDefault(server => VoterPlan.HasVote(topology, server)) is { } voter
            ? TopologyDecision.Refuse(ProblemCode.VoterNeeded, $"{voter.Name} votes on the topology: its vote has to go to another server first.")
            : null;

    /// <summary>
    /// Makes a server main that is not in sync, because nobody who is will come back. What was acknowledged without it is lost for good: the new
    /// lineage keeps every older log from being taken for a longer version of the new one.
    /// </summary>
    /// <param name="expected">The epoch that the operator saw; in another one the loss would be another one too.</param>
    /// <param name="isInSight">Whether a server was heard of lately. One in sync that lives is never passed over: two mains would serve at once.</param>
    public static TopologyDecision ForcePromotion(ClusterTopology topology, NodeId id, ServerId server, Epoch expected, Func<ServerId, bool> isInSight)
    {
        if (topology.Find(id) is not { } node) return TopologyDecision.Refuse(ProblemCode.NodeUnknown, $"There is no {id}.");
        if (node.Find(server) is not { } candidate) return TopologyDecision.Refuse(ProblemCode.NodeUnknown, $"{node.Name} has no server {server}.");
        if (node.Epoch != expected) return TopologyDecision.Refuse(ProblemCode.EpochStale, $"{node.Name} is in epoch {node.Epoch}, not {expected}: look again what would be lost.");
        if (node.InSync.Contains(server)) return TopologyDecision.Refuse(ProblemCode.TopologyConflict, $"{candidate.Name} is in sync: it leads or takes over by itself, and loses nothing.");
        foreach (var member in node.InSync)
        {
            if (isInSight(member))
                return TopologyDecision.Refuse(ProblemCode.TopologyConflict, $"{node.Find(member)?.Name} is in sync and was heard of a moment ago: stop it first, or let it lead.");
        }

        return new TopologyDecision(topology.With(node with { Epoch = node.Epoch.Next, Lineage = node.Lineage + 1, Main = server, InSync = [server] }));
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

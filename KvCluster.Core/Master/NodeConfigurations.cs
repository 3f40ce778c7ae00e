using KvCluster.Core.Register;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Master;

/// <summary>
/// Decides whether a node gets the configuration that one of its servers asks for. Only a request that names the present epoch is
/// granted, the in-sync set never becomes empty, and nobody outside it ever becomes main (C1, C3, C4).
/// </summary>
public static class NodeConfigurations
{
    public static TopologyDecision Change(ClusterTopology topology, ConfigurationChange change)
    {
        if (topology.Find(change.Node) is not { } node)
            return TopologyDecision.Refuse(ProblemCode.NodeUnknown, $"There is no {change.Node}.");
        if (topology.WasMadeBy(change.RequestId)) return new TopologyDecision(topology);
        if (node.Epoch != change.ExpectedEpoch)
            return TopologyDecision.Refuse(ProblemCode.EpochStale, $"{node.Name} is in epoch {node.Epoch}, not {change.ExpectedEpoch}.");
        if (node.Find(change.Server) is not { } server || server.Incarnation != change.Incarnation)
            return TopologyDecision.Refuse(ProblemCode.EpochStale, $"Server {change.Server}, run {change.Incarnation}, is not registered in {node.Name}.");
        if (Mistake(node, change) is { } mistake) return TopologyDecision.Refuse(ProblemCode.TopologyConflict, mistake);
        return new TopologyDecision(topology.With(node with { Epoch = node.Epoch.Next, Main = change.Main, InSync = change.InSync }));
    }

    private static string? Mistake(NodeInfo node, ConfigurationChange change)
    {
        var isMain = node.Main == change.Server;
        if (change.InSync.IsDefaultOrEmpty || !change.InSync.Contains(change.Main) || change.InSync.Distinct().Count() != change.InSync.Length)
            return "The in-sync set must hold the main, and each server once.";
        return change.Kind switch
        {
            ConfigurationChangeKind.Shrink => isMain && Is(change, change.Server, change.Server) ? null : "Only the main takes the other server out, and only to itself.",
            ConfigurationChangeKind.Grow => isMain ? GrowthMistake(node, change) : "Only the main puts a server back.",
            ConfigurationChangeKind.Takeover =>
                !isMain && node.InSync.Contains(change.Server) && Is(change, change.Server, change.Server) ? null : "Only a replica that is in sync takes over, alone.",
            ConfigurationChangeKind.HandOver =>
                !isMain && node.InSync.Contains(change.Server) && change.Main == change.Server && change.InSync.All(node.InSync.Contains)
                    ? null
                    : "Only a replica that is in sync takes a place that was handed over.",
            ConfigurationChangeKind.Yield => isMain ? YieldMistake(node, change) : "Only the main gives its place away.",
            _ => "No such change.",
        };
    }

    private static string? GrowthMistake(NodeInfo node, ConfigurationChange change)
    {
        if (change.Main != change.Server || change.InSync.Length != 2) return "A growth keeps the main and adds one server.";
        var joiner = node.Find(change.InSync.First(id => id != change.Server));
        return joiner is not null && joiner.Incarnation == change.PeerIncarnation ? null : "The server to be added is not the run that agreed.";
    }

    // It was asked for because of what that run's log had. A later run may have another disk, and a request may come late (docs/spec/README.md).
    private static string? YieldMistake(NodeInfo node, ConfigurationChange change)
    {
        if (change.Main == change.Server || !node.InSync.Contains(change.Main) || !Is(change, change.Main, change.Main)) return "A main gives its place only to a replica that is in sync, alone.";
        return node.Find(change.Main)?.Incarnation == change.PeerIncarnation ? null : "The server that is to lead is not the run whose log was seen.";
    }

    private static bool Is(ConfigurationChange change, ServerId main, ServerId member) =>
        change.Main == main && change.InSync.Length == 1 && change.InSync[0] == member;
}

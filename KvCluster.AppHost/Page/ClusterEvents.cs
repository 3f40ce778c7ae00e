using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Topology;

namespace KvCluster.AppHost.Page;

/// <summary>What must have happened between two looks at the cluster.</summary>
internal static class ClusterEvents
{
    /// <param name="before">None at the first look.</param>
    public static IEnumerable<(PageEventKind Kind, string Text)> Between(ClusterStatus? before, ClusterStatus now)
    {
        if (before is null)
        {
            yield return (PageEventKind.Control, $"the cluster answers: topology {now.Topology.Version}, {NameOf(now, now.Topology.Master)} is the master");
            yield break;
        }

        foreach (var happened in OfServers(before, now)) yield return happened;
        foreach (var node in now.Topology.Nodes)
            foreach (var happened in OfNode(before, now, before.Topology.Find(node.Id), node)) yield return happened;
        foreach (var happened in OfControl(before, now)) yield return happened;
        if (before.AllSlotsServed != now.AllSlotsServed)
            yield return (PageEventKind.Cluster, now.AllSlotsServed ? "all slots are served" : "not all slots are served");
    }

    private static IEnumerable<(PageEventKind Kind, string Text)> OfServers(ClusterStatus before, ClusterStatus now)
    {
        foreach (var server in now.Topology.Servers)
        {
            var known = before.Topology.FindServer(server.Id);
            if (known is null)
                yield return (PageEventKind.Server, $"{server.Name} is registered as server {server.Id}");
            else if (known.Incarnation != server.Incarnation)
                yield return (PageEventKind.Server, $"{server.Name} is back, run {server.Incarnation}");
        }

        foreach (var server in now.Servers)
        {
            var was = before.Servers.FirstOrDefault(known => known.Name == server.Name)?.State;
            if (was == server.State || was is null)
                continue;
            if (server.State == ServerState.CatchingUp)
                yield return (PageEventKind.Copies, $"{server.Name} is catching up");
            else if (server.State == ServerState.Failed)
                yield return (PageEventKind.Server, $"{server.Name} failed: {server.Reason}");
        }
    }

    private static IEnumerable<(PageEventKind Kind, string Text)> OfNode(ClusterStatus before, ClusterStatus now, NodeInfo? was, NodeInfo node)
    {
        if (was is null)
            yield break;
        if (was.Main != node.Main)
        {
            // A main that handed over stays in sync; one that was lost does not.
            var isPlanned = node.InSync.Contains(was.Main);
            yield return isPlanned
                ? (PageEventKind.HandOver, $"{node.Name} was handed over: {NameOf(now, node.Main)} is main, epoch {node.Epoch}")
                : (PageEventKind.Failover, $"{node.Name} failed over: {NameOf(now, node.Main)} is main in place of {NameOf(before, was.Main)}, epoch {node.Epoch}");
        }

        if (was.InSync.Length > node.InSync.Length)
            yield return (PageEventKind.Copies, $"{node.Name} has one copy");
        else if (was.InSync.Length < node.InSync.Length)
            yield return (PageEventKind.Copies, $"{node.Name} has two copies again");
        if (was.Slots.IsEmpty && !node.Slots.IsEmpty)
            yield return (PageEventKind.Cluster, $"{node.Name} has its slots");
    }

    private static IEnumerable<(PageEventKind Kind, string Text)> OfControl(ClusterStatus before, ClusterStatus now)
    {
        var (was, topology) = (before.Topology, now.Topology);
        if (was.Master != topology.Master)
            yield return (PageEventKind.Control, $"{NameOf(now, topology.Master)} is the master in place of {NameOf(before, was.Master)}");
        if (was.Generation != topology.Generation)
            yield return (PageEventKind.Control, $"the voters are {string.Join(", ", topology.Voters.Select(voter => NameOf(now, voter.Server)))}");
        if (was.Settings.WriteMode != topology.Settings.WriteMode)
            yield return (PageEventKind.Control, $"the write mode is {topology.Settings.WriteMode}");
    }

    private static string NameOf(ClusterStatus status, Protocol.Identity.ServerId server) => status.Topology.FindServer(server)?.Name ?? $"server {server}";
}

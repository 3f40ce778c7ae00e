using System.Collections.Immutable;
using System.Globalization;
using KvCluster.AppHost.Embedded;
using KvCluster.Hosting.Sight;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;

namespace KvCluster.AppHost.Page;

/// <summary>Puts together what the processes, the plan and the cluster say.</summary>
internal static class PageComposer
{
    /// <param name="status">None while no server answers.</param>
    /// <param name="processOf">What the machine does with a server's process.</param>
    public static PageView Compose(ClusterView view, ClusterStatus? status, Func<string, ServerProcessState> processOf)
    {
        var health = ClusterHealth.Of(status);
        var drawn = view.Servers.ToDictionary(server => server.Name, server => Draw(server, status, processOf));
        return new PageView(
            health.Condition,
            health.Reasons,
            view.TopologyVersion,
            status?.Topology.Settings.WriteMode.ToString() ?? "",
            status?.Topology.Voters.Length ?? 0,
            [.. view.Servers.Where(server => server.Node is not null).GroupBy(server => server.Node!).Select(node => DrawNode(node.Key, [.. node], status, drawn))],
            [.. view.Servers.Where(server => server.Node is null).Select(server => drawn[server.Name])]);
    }

    private static PageNode DrawNode(string name, ServerView[] servers, ClusterStatus? status, Dictionary<string, PageServer> drawn)
    {
        var info = status?.Topology.Nodes.FirstOrDefault(node => node.Name == name);
        var inOrder = servers.OrderBy(server => server.Role != ServerRole.Main).Select(server => drawn[server.Name]).ToImmutableArray();
        return new PageNode(
            name,
            info?.Slots.Sum(range => range.Length) ?? 0,
            info is null ? "" : string.Join(", ", info.Slots.Select(Text)),
            info?.Epoch.Value ?? 0,
            info?.InSync.Length ?? 0,
            info is null ? null : ClusterProtection.ReasonOf(info, status!),
            inOrder);
    }

    private static PageServer Draw(ServerView server, ClusterStatus? status, Func<string, ServerProcessState> processOf)
    {
        var known = status?.Servers.FirstOrDefault(candidate => candidate.Name == server.Name);
        var process = processOf(server.Name);
        var sight = Sight(server, known, process);
        return new PageServer(
            server.Name,
            server.Url,
            server.Resp,
            server.Role.ToString().ToLowerInvariant(),
            server.IsMaster,
            known is not null && status!.Topology.Voters.Any(voter => voter.Server == known.Server),
            sight.Text,
            sight.Tone,
            server.ProcessId,
            known?.Applied.Value ?? 0,
            known?.ReplicationLag,
            string.Join(' ', Enum.GetValues<ServerAction>().Where(action => ServerActionRules.IsAllowed(action, process, known, HasSuccessor(known, status)))));
    }

    private static ServerSight Sight(ServerView server, ServerStatus? known, ServerProcessState process) => process switch
    {
        ServerProcessState.Ended => new ServerSight("no process", StateTone.Bad),
        ServerProcessState.Paused => new ServerSight("paused", StateTone.Warning),
        _ when server.State == ClusterView.Exited => new ServerSight("no process", StateTone.Bad),
        _ when known is not null => ServerSight.Of(known),
        _ => new ServerSight(server.State == nameof(ServerState.Unreachable) ? "unreachable" : "starting", StateTone.Busy),
    };

    private static bool HasSuccessor(ServerStatus? known, ClusterStatus? status) =>
        known is not null && status!.Topology.NodeOf(known.Server) is { InSync.Length: > 1 };

    private static string Text(SlotRange range) => string.Create(CultureInfo.InvariantCulture, $"{range.First}–{range.First + range.Length - 1}");
}

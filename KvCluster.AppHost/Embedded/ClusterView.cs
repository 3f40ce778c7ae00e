using System.Collections.Immutable;
using KvCluster.Hosting.Plan;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Topology;

namespace KvCluster.AppHost.Embedded;

/// <summary>The whole cluster as the orchestrator sees it at one moment: the plan, the processes that run, and what the cluster
/// says of itself.</summary>
internal sealed record ClusterView
{
    /// <summary>State of a server that has no process now.</summary>
    public const string Exited = "Exited";

    public required Guid? ClusterId { get; init; }
    public required long TopologyVersion { get; init; }
    public required bool AllSlotsServed { get; init; }
    public required ImmutableArray<ServerView> Servers { get; init; }

    /// <param name="plan">Gives the names, and the roles until the cluster knows better.</param>
    /// <param name="processes">Process id by server name; a server without one does not run.</param>
    /// <param name="last">The newest that the cluster said of itself; none before its first word.</param>
    /// <param name="answered">False when no server answered this time, so that <paramref name="last"/> tells of roles only.</param>
    public static ClusterView Compose(
        ClusterPlan plan,
        IReadOnlyDictionary<string, int> processes,
        ClusterStatus? last,
        bool answered) => new()
        {
            ClusterId = last?.Topology.ClusterId.Value,
            TopologyVersion = last?.Topology.Version ?? 0,
            AllSlotsServed = answered && last is { AllSlotsServed: true },
            Servers = [.. plan.Servers.Select(server => View(server, processes, last, answered))],
        };

    /// <summary>True if both tell the same story.</summary>
    public bool Matches(ClusterView other) =>
        ClusterId == other.ClusterId && TopologyVersion == other.TopologyVersion && AllSlotsServed == other.AllSlotsServed
        && Servers.SequenceEqual(other.Servers);

    private static ServerView View(ServerPlan server, IReadOnlyDictionary<string, int> processes, ClusterStatus? last, bool answered)
    {
        var known = last?.Topology.Servers.FirstOrDefault(candidate => candidate.Name == server.Name);
        var isRunning = processes.TryGetValue(server.Name, out var processId);
        return new ServerView
        {
            Name = server.Name,
            Node = (known is null ? null : last!.Topology.NodeOf(known.Id)?.Name) ?? server.Node,
            Role = Role(server, known, last),
            IsMaster = known is not null && known.Id == last!.Topology.Master,
            Url = server.Url.GetLeftPart(UriPartial.Authority),
            Resp = server.Kind == ServerKind.Witness ? null : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{ClusterPlan.Host}:{server.Ports.Resp}"),
            ProcessId = isRunning ? processId : null,
            DataDirectory = server.DataDirectory,
            State = isRunning ? State(server, last, answered) : Exited,
        };
    }

    private static ServerRole Role(ServerPlan server, ServerInfo? known, ClusterStatus? last)
    {
        if (server.Kind == ServerKind.Witness)
            return ServerRole.Witness;
        var isMain = known is not null && last!.Topology.NodeOf(known.Id) is { } node
            ? node.Main == known.Id
            : server.PreferredRole != PreferredRole.Replica;
        return isMain ? ServerRole.Main : ServerRole.Replica;
    }

    /// <summary>A running server of which the cluster says nothing yet is starting; when nobody answers nothing is known of it.</summary>
    private static string State(ServerPlan server, ClusterStatus? last, bool answered)
    {
        if (last is not null && !answered)
            return nameof(ServerState.Unreachable);
        var status = last?.Servers.FirstOrDefault(candidate => candidate.Name == server.Name);
        return (status?.State ?? ServerState.Starting).ToString();
    }
}

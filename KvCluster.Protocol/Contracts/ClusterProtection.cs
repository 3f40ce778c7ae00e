using KvCluster.Protocol.Topology;

namespace KvCluster.Protocol.Contracts;

/// <summary>Says in one line each why a node, or the topology's votes, are not fully protected. The words are the same wherever they
/// are shown.</summary>
public static class ClusterProtection
{
    /// <summary>None when every acknowledged write of the node is on two servers.</summary>
    public static string? ReasonOf(NodeInfo node, ClusterStatus status)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(status);
        var main = Of(status, node.MainServer);
        if (main is null or { State: ServerState.Unreachable }) return $"its main {node.MainServer.Name} does not answer";
        if (main.State is not (ServerState.Main or ServerState.Reconciling)) return $"its main {node.MainServer.Name} is {Text(main)}";
        if (node.ReplicaServer is not { } replica) return "it has one server: start a replica (kv node add-replica)";
        if (node.InSync.Length == 2) return null;
        return Of(status, replica) switch
        {
            null or { State: ServerState.Unreachable } => $"one copy only: its replica {replica.Name} does not answer",
            { State: ServerState.CatchingUp } learner => $"one copy only: {replica.Name} is catching up, {main.LogLast.Value - learner.LogLast.Value} entries behind",
            { } other => $"one copy only: {replica.Name} is {Text(other)}",
        };
    }

    /// <summary>None when the topology's register outlives the loss of any one voter.</summary>
    public static string? VotesReason(ClusterStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        var voters = status.Topology.Voters;
        if (voters.IsEmpty) return null;
        var missing = voters.Where(voter => status.Servers.FirstOrDefault(server => server.Server == voter.Server) is null or { State: ServerState.Unreachable }).ToArray();
        var names = string.Join(", ", missing.Select(voter => status.Topology.FindServer(voter.Server)?.Name ?? voter.Server.ToString()));
        if (missing.Length > voters.Length / 2) return $"no majority of the voters answers ({names} missing): nothing can be changed";
        if (missing.Length > 0) return $"{names} does not answer and votes: {voters.Length - missing.Length} of {voters.Length} are left";
        return voters.Length == 1 && status.Topology.Servers.Count() > 1 ? "one server alone votes: nobody takes over when it is lost. Start a witness" : null;
    }

    private static ServerStatus? Of(ClusterStatus status, ServerInfo server) => status.Servers.FirstOrDefault(known => known.Server == server.Id);

    private static string Text(ServerStatus server) => server.State.ToString().ToLowerInvariant() + (server.Reason is { Length: > 0 } reason ? $": {reason}" : "");
}

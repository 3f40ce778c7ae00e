using System.CommandLine;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Topology;

namespace KvCluster.Cli.Commands;

/// <summary><c>kv why</c>: one line for each node, why it is not fully protected. The exit code tells whether all are.</summary>
internal static class WhyCommand
{
    public static Command Build(SessionOptions session, CliConsole console)
    {
        var command = new Command("why", "Say for each node why it is not fully protected. Ends with 1 when one is not.");
        command.SetAction(session, console, async (client, _, cancellationToken) =>
        {
            var status = await client.Cluster.GetStatusAsync(cancellationToken);
            var reasons = status.Topology.Nodes.Select(node => (node.Name, Reason: ReasonOf(node, status))).ToArray();
            await using var writer = console.NewOutputWriter();
            foreach (var (name, reason) in reasons) await writer.WriteLineAsync($"{name}: {reason ?? "fully protected"}");
            if (VotesReason(status) is { } votes) await writer.WriteLineAsync($"topology: {votes}");
            return reasons.All(entry => entry.Reason is null) && VotesReason(status) is null ? ExitCode.Ok : ExitCode.Refused;
        });
        return command;
    }

    private static string? ReasonOf(NodeInfo node, ClusterStatus status)
    {
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

    private static string? VotesReason(ClusterStatus status)
    {
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

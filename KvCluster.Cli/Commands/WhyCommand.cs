using System.CommandLine;
using KvCluster.Protocol.Contracts;

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
            var reasons = status.Topology.Nodes.Select(node => (node.Name, Reason: ClusterProtection.ReasonOf(node, status))).ToArray();
            await using var writer = console.NewOutputWriter();
            foreach (var (name, reason) in reasons) await writer.WriteLineAsync($"{name}: {reason ?? "fully protected"}");
            if (ClusterProtection.VotesReason(status) is { } votes) await writer.WriteLineAsync($"topology: {votes}");
            return reasons.All(entry => entry.Reason is null) && ClusterProtection.VotesReason(status) is null ? ExitCode.Ok : ExitCode.Refused;
        });
        return command;
    }
}

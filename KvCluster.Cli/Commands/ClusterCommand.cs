using System.CommandLine;
using System.Globalization;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Cli.Commands;

/// <summary><c>kv cluster</c>: what concerns the cluster as a whole.</summary>
internal static class ClusterCommand
{
    public static Command Build(SessionOptions session, CliConsole console) => new("cluster", "The cluster as a whole.") { Restore(session, console) };

    private static Command Restore(SessionOptions session, CliConsole console)
    {
        var yes = new Option<bool>("--yes") { Description = "Do it: the voters that do not answer are destroyed and will not come back." };
        var command = new Command("restore", "Begin the topology register anew from the newest copy that is left, when most of its voters are gone for good.") { yes };
        command.SetAction(session, console, async (client, parsed, cancellationToken) =>
        {
            var status = await client.Cluster.GetStatusAsync(cancellationToken);
            foreach (var line in Plan(status)) await console.Error.WriteLineAsync(line);
            if (!parsed.GetValue(yes))
            {
                await console.Error.WriteLineAsync("Nothing was changed. To do it repeat the command with --yes.");
                return ExitCode.Usage;
            }

            await client.Operator.RestoreRegisterAsync(status.Topology.Version, cancellationToken);
            await console.Error.WriteLineAsync("The register was restored. Its only voter is the new master's server; others are added as servers are in sight (kv status, kv why).");
            return ExitCode.Ok;
        });
        return command;
    }

    private static IEnumerable<string> Plan(ClusterStatus status)
    {
        var topology = status.Topology;
        yield return string.Create(CultureInfo.InvariantCulture, $"The newest topology in reach is version {topology.Version}.");
        foreach (var voter in topology.Voters)
        {
            var answers = status.Servers.Any(server => server.Server == voter.Server && server.State != ServerState.Unreachable);
            yield return $"{topology.FindServer(voter.Server)?.Name ?? voter.Server.ToString()} votes on it and {(answers ? "answers" : "does not answer")}.";
        }

        yield return "A restore goes on from that version in a new register. Changes that only the missing voters knew are lost: a failover or a registration of the last moments.";
        yield return "Data is not touched; each node's main has to prove itself in a new epoch. If the missing voters only were cut off and live, there are two clusters until they meet.";
    }
}

using System.CommandLine;
using System.Globalization;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Topology;

namespace KvCluster.Cli.Commands;

/// <summary><c>kv node promote</c>: says what would be lost if a server outside the in-sync set became main, and does it when told to.</summary>
internal static class PromoteCommand
{
    public static Command Build(SessionOptions session, CliConsole console)
    {
        var server = new Argument<string>("SERVER") { Description = "The server of the node that is left." };
        var force = new Option<bool>("--force") { Description = "Do it, and accept the loss." };
        var command = new Command("promote", "Make a server main that is not in sync, because its main is gone for good. Loses acknowledged writes.") { server, force };
        command.SetAction(session, console, async (client, parsed, cancellationToken) =>
        {
            var name = parsed.GetValue(server)!;
            var status = await client.Cluster.GetStatusAsync(cancellationToken);
            var candidate = status.Topology.Servers.FirstOrDefault(known => known.Name == name) ?? throw new UsageException($"There is no server {name}.");
            var node = status.Topology.NodeOf(candidate.Id) ?? throw new UsageException($"{name} holds no data.");
            foreach (var line in Loss(status, node, candidate)) await console.Error.WriteLineAsync(line);
            if (!parsed.GetValue(force))
            {
                await console.Error.WriteLineAsync("Nothing was changed. To accept the loss repeat the command with --force.");
                return ExitCode.Usage;
            }

            await client.Operator.ForcePromotionAsync(node.Id, candidate.Id, node.Epoch, cancellationToken);
            await console.Error.WriteLineAsync($"{name} is main of {node.Name} now.");
            return ExitCode.Ok;
        });
        return command;
    }

    // As far as it can be known: what the lost main acknowledged at the end only its own disk could tell.
    private static IEnumerable<string> Loss(ClusterStatus status, NodeInfo node, ServerInfo candidate)
    {
        var inSync = string.Join(", ", node.InSync.Select(id => node.Find(id)?.Name));
        yield return string.Create(CultureInfo.InvariantCulture, $"{node.Name} is in epoch {node.Epoch}; in sync: {inSync}.");
        if (node.InSync.Contains(candidate.Id)) yield break;
        var seen = status.Servers.FirstOrDefault(server => server.Server == candidate.Id);
        if (seen is null or { State: ServerState.Unreachable })
            yield return $"{candidate.Name} does not answer: how far it is behind is not known.";
        else
            yield return string.Create(CultureInfo.InvariantCulture, $"{candidate.Name} has the log up to entry {seen.LogLast}, applied up to {seen.Applied}.");
        yield return $"Every write after that which {inSync} acknowledged with one copy is lost for good, also when {inSync} comes back.";
        foreach (var member in status.Servers.Where(server => node.InSync.Contains(server.Server) && server.State != ServerState.Unreachable))
            yield return string.Create(CultureInfo.InvariantCulture, $"But {member.Name} answers ({member.State}) and has the log up to entry {member.LogLast}: stop it first, or let it lead.");
    }
}

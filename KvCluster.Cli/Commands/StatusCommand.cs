using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using KvCluster.Cli.Output;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Topology;
using Spectre.Console;

namespace KvCluster.Cli.Commands;

/// <summary><c>kv status</c>: what every server says about itself.</summary>
internal static class StatusCommand
{
    public static Command Build(SessionOptions session, CliConsole console)
    {
        var command = new Command("status", "Show every server: what it does, how far its log is, what is wrong.");
        command.SetAction(session, console, async (client, parsed, cancellationToken) =>
        {
            var status = await client.Cluster.GetStatusAsync(cancellationToken);
            if (session.Output(parsed) == OutputFormat.Json)
            {
                await console.WriteJsonLineAsync(writer => JsonSerializer.Serialize(writer, status, KvJson.Default.ClusterStatus), cancellationToken);
                return ExitCode.Ok;
            }

            console.WriteTable(ToTable(status));
            await using var writer = console.NewOutputWriter();
            await writer.WriteLineAsync(Summary(status));
            return ExitCode.Ok;
        });
        return command;
    }

    private static Table ToTable(ClusterStatus status)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumns("server", "node", "state", "epoch", "in sync", "log", "applied", "lag", "mode", "url", "remark");
        foreach (var server in status.Servers)
        {
            var state = server.State.ToString().ToLowerInvariant() + (server.IsMaster ? ", master" : "");
            string[] cells =
            [
                server.Name,
                status.Topology.Find(server.Node)?.Name ?? "",
                state,
                server.Epoch.ToString(),
                string.Join(' ', server.InSync.Select(id => status.Topology.FindServer(id)?.Name ?? id.ToString())),
                string.Create(CultureInfo.InvariantCulture, $"{server.LogFirst}-{server.LogLast}"),
                server.Applied.ToString(),
                server.ReplicationLag?.ToString(CultureInfo.InvariantCulture) ?? "",
                server.WriteMode.ToString(),
                status.Topology.FindServer(server.Server)?.Http.ToString() ?? "",
                (server.IsDegraded ? "degraded: one durable copy. " : "") + server.Reason,
            ];
            table.AddRow(cells.Select(cell => new Text(cell)));
        }

        return table;
    }

    private static string Summary(ClusterStatus status)
    {
        var slots = status.AllSlotsServed ? "all slots are served" : "some slots are not served";
        var degraded = status.Servers.Count(server => server.IsDegraded);
        var unreachable = status.Servers.Count(server => server.State == ServerState.Unreachable);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"topology version {status.Topology.Version}: {slots}; {degraded} of {Count(status.Topology)} nodes degraded, {unreachable} servers unreachable");
    }

    private static int Count(ClusterTopology topology) => topology.Nodes.Length;
}

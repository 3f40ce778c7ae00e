using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using KvCluster.Cli.Output;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;
using Spectre.Console;

namespace KvCluster.Cli.Commands;

/// <summary><c>kv topology</c>: the map of the cluster.</summary>
internal static class TopologyCommand
{
    public static Command Build(SessionOptions session, CliConsole console)
    {
        var command = new Command("topology", "Show the map of the cluster: nodes, their servers, their slots.");
        command.SetAction(session, console, async (client, parsed, cancellationToken) =>
        {
            var topology = await client.Cluster.GetTopologyAsync(cancellationToken);
            if (session.Output(parsed) == OutputFormat.Json)
            {
                await console.WriteJsonLineAsync(writer => JsonSerializer.Serialize(writer, topology, KvJson.Default.ClusterTopology), cancellationToken);
                return ExitCode.Ok;
            }

            console.WriteTable(ToTable(topology));
            await using var writer = console.NewOutputWriter();
            await writer.WriteLineAsync($"cluster {topology.ClusterId}, version {topology.Version}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Table ToTable(ClusterTopology topology)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("node", "server", "role", "url", "epoch", "slots", "status");
        foreach (var node in topology.Nodes)
        {
            foreach (var server in node.Servers.OrderByDescending(server => server.Id == node.Main))
            {
                var isMain = server.Id == node.Main;
                string[] cells =
                [
                    isMain ? node.Name : "",
                    server.Name,
                    RoleOf(topology, node, server),
                    server.Http.ToString(),
                    isMain ? node.Epoch.ToString() : "",
                    isMain ? SlotsOf(node) : "",
                    isMain ? node.Status.ToString().ToLowerInvariant() : "",
                ];
                table.AddRow(cells.Select(cell => new Text(cell)));
            }
        }

        foreach (var witness in topology.Witnesses) table.AddRow(new Text(""), new Text(witness.Name), new Text("witness"), new Text(witness.Http.ToString()));
        return table;
    }

    private static string RoleOf(ClusterTopology topology, NodeInfo node, ServerInfo server)
    {
        var role = server.Id == node.Main ? "main" : "replica";
        if (!node.InSync.Contains(server.Id)) role += ", not in sync";
        return server.Id == topology.Master ? role + ", master" : role;
    }

    private static string SlotsOf(NodeInfo node)
    {
        var count = node.Slots.Sum(range => range.Length);
        var ranges = string.Join(' ', node.Slots.Take(4).Select(range => range.ToString())) + (node.Slots.Length > 4 ? " ..." : "");
        return string.Create(CultureInfo.InvariantCulture, $"{count} of {Slot.Count}: {ranges}");
    }
}

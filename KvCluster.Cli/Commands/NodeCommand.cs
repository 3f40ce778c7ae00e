using System.CommandLine;
using KvCluster.Client;
using KvCluster.Protocol.Topology;

namespace KvCluster.Cli.Commands;

/// <summary><c>kv node ...</c>: what an operator does to nodes and their servers.</summary>
internal static class NodeCommand
{
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(250);

    public static Command Build(SessionOptions session, CliConsole console)
    {
        var command = new Command("node", "Hand over, remove or complete nodes.");
        command.Subcommands.Add(HandOver(session, console));
        command.Subcommands.Add(PromoteCommand.Build(session, console));
        command.Subcommands.Add(Remove(session, console));
        command.Subcommands.Add(RemoveReplica(session, console));
        command.Subcommands.Add(RemoveWitness(session, console));
        command.Subcommands.Add(AddReplica(session, console));
        command.Subcommands.Add(Replace(session, console));
        return command;
    }

    private static Command HandOver(SessionOptions session, CliConsole console)
    {
        var node = NodeArgument();
        var command = new Command("handover", "Swap main and replica of a node as planned.") { node };
        command.SetAction(session, console, async (client, parsed, cancellationToken) =>
        {
            var found = await FindAsync(client, parsed.GetValue(node)!, cancellationToken);
            await client.Operator.HandOverAsync(found.Id, cancellationToken);
            await console.Error.WriteLineAsync($"{found.ReplicaServer?.Name ?? found.Name} takes the place of {found.MainServer.Name}.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Remove(SessionOptions session, CliConsole console)
    {
        var node = NodeArgument();
        var force = new Option<bool>("--force") { Description = "Also when it holds slots: all their keys are lost." };
        var command = new Command("remove", "Take a node out of the cluster.") { node, force };
        command.SetAction(session, console, async (client, parsed, cancellationToken) =>
        {
            var found = await FindAsync(client, parsed.GetValue(node)!, cancellationToken);
            var slots = found.Slots.Sum(range => range.Length);
            if (slots > 0 && parsed.GetValue(force))
                await console.Error.WriteLineAsync($"Every key in the {slots} slots of {found.Name} is lost; the slots go to the other nodes, empty.");
            await client.Operator.RemoveNodeAsync(found.Id, parsed.GetValue(force), cancellationToken);
            await console.Error.WriteLineAsync($"{found.Name} is no part of the cluster any more.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command RemoveReplica(SessionOptions session, CliConsole console)
    {
        var node = NodeArgument();
        var command = new Command("remove-replica", "Let a node go on with its main alone.") { node };
        command.SetAction(session, console, async (client, parsed, cancellationToken) =>
        {
            var found = await FindAsync(client, parsed.GetValue(node)!, cancellationToken);
            if (found.ReplicaServer is not { } replica) throw new UsageException($"{found.Name} has no replica.");
            await client.Operator.RemoveServerAsync(replica.Id, cancellationToken);
            await console.Error.WriteLineAsync($"{replica.Name} is no part of the cluster any more; {found.Name} keeps one copy.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command RemoveWitness(SessionOptions session, CliConsole console)
    {
        var server = new Argument<string>("SERVER") { Description = "The witness's name." };
        var command = new Command("remove-witness", "Take a witness out of the cluster; its vote goes to another server.") { server };
        command.SetAction(session, console, async (client, parsed, cancellationToken) =>
        {
            var name = parsed.GetValue(server)!;
            var topology = await client.Cluster.GetTopologyAsync(cancellationToken);
            var witness = topology.Witnesses.FirstOrDefault(known => known.Name == name) ?? throw new UsageException($"There is no witness {name}.");
            await client.Operator.RemoveServerAsync(witness.Id, cancellationToken);
            await console.Error.WriteLineAsync($"{name} is no part of the cluster any more.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command AddReplica(SessionOptions session, CliConsole console)
    {
        var node = NodeArgument();
        var wait = WaitOption();
        var command = new Command("add-replica", "Say how to start a replica for a node, and wait until it is in sync.") { node, wait };
        command.SetAction(session, console, async (client, parsed, cancellationToken) =>
        {
            var found = await FindAsync(client, parsed.GetValue(node)!, cancellationToken);
            if (found.ReplicaServer is { } replica) throw new UsageException($"{found.Name} has a replica already: {replica.Name}.");
            return await InviteAsync(client, console, found, parsed.GetValue(wait), cancellationToken);
        });
        return command;
    }

    private static Command Replace(SessionOptions session, CliConsole console)
    {
        var server = new Argument<string>("SERVER") { Description = "Name of the server that is gone for good." };
        var wait = WaitOption();
        var command = new Command("replace", "Give the place of a lost server to a new one: takes the old one out and says how to start the new.") { server, wait };
        command.SetAction(session, console, async (client, parsed, cancellationToken) =>
        {
            var name = parsed.GetValue(server)!;
            var topology = await client.Cluster.GetTopologyAsync(cancellationToken);
            var old = topology.Servers.FirstOrDefault(known => known.Name == name) ?? throw new UsageException($"There is no server {name}.");
            await client.Operator.RemoveServerAsync(old.Id, cancellationToken);
            if (topology.NodeOf(old.Id) is not { } node)
            {
                await SayHowToStartAsync(client, console, ["KvNode__Kind=Witness"], cancellationToken);
                return ExitCode.Ok;
            }

            return await InviteAsync(client, console, node, parsed.GetValue(wait), cancellationToken);
        });
        return command;
    }

    private static async Task<int> InviteAsync(KvClusterClient client, CliConsole console, NodeInfo node, bool isToWait, CancellationToken cancellationToken)
    {
        await SayHowToStartAsync(client, console, [$"KvNode__Node={node.Name}", "KvNode__PreferredRole=Replica"], cancellationToken);
        while (isToWait)
        {
            var topology = await client.Cluster.GetTopologyAsync(cancellationToken);
            if (topology.Find(node.Id) is { InSync.Length: 2 }) break;
            await Task.Delay(PollPause, cancellationToken);
        }

        return ExitCode.Ok;
    }

    private static async Task SayHowToStartAsync(KvClusterClient client, CliConsole console, IEnumerable<string> settings, CancellationToken cancellationToken)
    {
        var topology = await client.Cluster.GetTopologyAsync(cancellationToken);
        var seeds = string.Join(',', topology.Servers.Take(3).Select(server => server.Http.ToString().TrimEnd('/')));
        await using var writer = console.NewOutputWriter();
        await writer.WriteLineAsync("# Start the new server with these settings, and a name, ports and an empty data folder of its own:");
        foreach (var setting in settings) await writer.WriteLineAsync(setting);
        await writer.WriteLineAsync($"KvNode__Seeds={seeds}");
    }

    private static Argument<string> NodeArgument() => new("NODE") { Description = "The node's name." };
    private static Option<bool> WaitOption() => new("--wait") { Description = "Return when the node has two copies." };

    private static async Task<NodeInfo> FindAsync(KvClusterClient client, string name, CancellationToken cancellationToken)
    {
        var topology = await client.Cluster.GetTopologyAsync(cancellationToken);
        return topology.Nodes.FirstOrDefault(node => node.Name == name)
            ?? throw new UsageException($"There is no node {name}. Nodes: {string.Join(", ", topology.Nodes.Select(node => node.Name))}.");
    }
}

using System.CommandLine;

namespace KvCluster.Cli.Commands;

/// <summary><c>kv master</c>: the master's office.</summary>
internal static class MasterCommand
{
    public static Command Build(SessionOptions session, CliConsole console) => new("master", "The master's office.") { Move(session, console) };

    private static Command Move(SessionOptions session, CliConsole console)
    {
        var server = new Argument<string?>("SERVER") { Description = "Who is to hold it; left out: a server in sight, on another node.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("move", "Give the office to another server. Reads and writes go on.") { server };
        command.SetAction(session, console, async (client, parsed, cancellationToken) =>
        {
            var topology = await client.Cluster.GetTopologyAsync(cancellationToken);
            var name = parsed.GetValue(server);
            var wanted = name is null ? null : topology.Servers.FirstOrDefault(known => known.Name == name) ?? throw new UsageException($"There is no server {name}.");
            await client.Operator.MoveMasterAsync(wanted?.Id ?? default, cancellationToken);
            topology = await client.Cluster.GetTopologyAsync(cancellationToken);
            await console.Error.WriteLineAsync($"{topology.FindServer(topology.Master)?.Name} is the master.");
            return ExitCode.Ok;
        });
        return command;
    }
}

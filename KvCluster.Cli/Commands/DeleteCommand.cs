using System.CommandLine;
using KvCluster.Cli.Output;
using KvCluster.Client;

namespace KvCluster.Cli.Commands;

/// <summary><c>kv delete</c>.</summary>
internal static class DeleteCommand
{
    public static Command Build(SessionOptions session, CliConsole console)
    {
        var command = new Command("delete", "Remove a key; also fine when there is none.");
        var key = new KeyArguments();
        var condition = new ConditionOptions();
        key.AddTo(command);
        condition.AddTo(command);
        command.SetAction(session, console, async (client, parsed, cancellationToken) =>
        {
            var name = key.Key(parsed);
            var result = await client.DeleteAsync(name, new KvWriteOptions { Condition = condition.Condition(parsed) }, cancellationToken);
            return await WriteReport.ShowAsync(console, session.Output(parsed), name, result, cancellationToken);
        });
        return command;
    }
}

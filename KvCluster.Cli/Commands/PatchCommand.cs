using System.CommandLine;
using KvCluster.Cli.Output;
using KvCluster.Client;

namespace KvCluster.Cli.Commands;

/// <summary><c>kv patch</c>.</summary>
internal static class PatchCommand
{
    public static Command Build(SessionOptions session, CliConsole console)
    {
        var command = new Command("patch", "Change a JSON value where it is.");
        var key = new KeyArguments();
        var document = new ValueArgument("PATCH", "The patch document");
        var condition = new ConditionOptions();
        var isJsonPatch = new Option<bool>("--json-patch") { Description = "PATCH is a JSON patch (RFC 6902); without it a merge patch (RFC 7396)." };
        key.AddTo(command);
        document.AddTo(command);
        condition.AddTo(command);
        command.Options.Add(isJsonPatch);
        command.SetAction(session, console, async (client, parsed, cancellationToken) =>
        {
            var options = new KvWriteOptions { Condition = condition.Condition(parsed) };
            var name = key.Key(parsed);
            var bytes = await document.ReadAsync(parsed, console, cancellationToken);
            var patch = parsed.GetValue(isJsonPatch) ? KvPatch.Json(bytes) : KvPatch.Merge(bytes);
            var result = await client.PatchAsync(name, patch, options, cancellationToken);
            return await WriteReport.ShowAsync(console, session.Output(parsed), name, result, cancellationToken);
        });
        return command;
    }
}

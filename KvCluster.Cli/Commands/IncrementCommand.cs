using System.CommandLine;
using System.Globalization;
using KvCluster.Cli.Output;

namespace KvCluster.Cli.Commands;

/// <summary><c>kv incr</c>.</summary>
internal static class IncrementCommand
{
    public static Command Build(SessionOptions session, CliConsole console)
    {
        var command = new Command("incr", "Add to a counter and print it; an absent key counts from 0.");
        var key = new KeyArguments();
        var by = new Option<long>("--by") { Description = "What to add (default 1); may be negative.", DefaultValueFactory = _ => 1 };
        key.AddTo(command);
        command.Options.Add(by);
        command.SetAction(session, console, async (client, parsed, cancellationToken) =>
        {
            var name = key.Key(parsed);
            var counter = await client.IncrementAsync(name, parsed.GetValue(by), cancellationToken);
            if (session.Output(parsed) != OutputFormat.Json)
            {
                await using var writer = console.NewOutputWriter();
                await writer.WriteLineAsync(counter.Value.ToString(CultureInfo.InvariantCulture).AsMemory(), cancellationToken);
                return ExitCode.Ok;
            }

            await console.WriteJsonLineAsync(
                json =>
                {
                    json.WriteStartObject();
                    json.WriteBytes("key", "keyBase64", name.Span);
                    json.WriteNumber("value", counter.Value);
                    json.WriteString("revision", counter.Revision.ToString());
                    if (counter.Copies > 0) json.WriteNumber("copies", counter.Copies);
                    json.WriteEndObject();
                },
                cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }
}

using System.CommandLine;
using KvCluster.Cli.Output;
using KvCluster.Client;

namespace KvCluster.Cli.Commands;

/// <summary><c>kv put</c>.</summary>
internal static class PutCommand
{
    public static Command Build(SessionOptions session, CliConsole console)
    {
        var command = new Command("put", "Store a value.");
        var key = new KeyArguments();
        var value = new ValueArgument("VALUE", "The value");
        var condition = new ConditionOptions();
        var contentType = new Option<string?>("--content-type") { Description = "Media type of the value; without it JSON, text or bytes, by its look." };
        var ttl = new Option<string?>("--ttl") { Description = "Time to live, such as 500ms, 30s, 5m, 12h or 7d." };
        key.AddTo(command);
        value.AddTo(command);
        condition.AddTo(command);
        command.Options.Add(contentType);
        command.Options.Add(ttl);
        command.SetAction(session, console, async (client, parsed, cancellationToken) =>
        {
            var options = new KvWriteOptions { Ttl = TtlOption.Parse(parsed.GetValue(ttl)), Condition = condition.Condition(parsed) };
            var name = key.Key(parsed);
            var bytes = await value.ReadAsync(parsed, console, cancellationToken);
            var stored = new KvValue(bytes, parsed.GetValue(contentType) ?? ValueArgument.GuessContentType(bytes.Span));
            var result = await client.PutAsync(name, stored, options, cancellationToken);
            return await WriteReport.ShowAsync(console, session.Output(parsed), name, result, cancellationToken);
        });
        return command;
    }
}

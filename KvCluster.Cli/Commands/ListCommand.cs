using System.CommandLine;
using System.Globalization;
using System.Text;
using KvCluster.Cli.Output;
using KvCluster.Cli.Transfer;
using KvCluster.Client;

namespace KvCluster.Cli.Commands;

/// <summary><c>kv list</c>: streams, so that a listing of any length begins at once and takes no memory.</summary>
internal static class ListCommand
{
    public static Command Build(SessionOptions session, CliConsole console)
    {
        var command = new Command("list", "List the keys of all nodes in the order of their bytes.");
        var prefix = new Argument<string>("PREFIX") { Description = "Only keys that begin so.", DefaultValueFactory = _ => "" };
        var limit = new Option<long?>("--limit", "-n") { Description = "Stop after so many keys." };
        var values = new Option<bool>("--values") { Description = "With the values, in JSON output." };
        command.Arguments.Add(prefix);
        command.Options.Add(limit);
        command.Options.Add(values);
        command.SetAction(session, console, (client, parsed, cancellationToken) =>
        {
            var isJson = session.Output(parsed) == OutputFormat.Json;
            var options = new KvListOptions
            {
                Prefix = Encoding.UTF8.GetBytes(parsed.GetValue(prefix)!),
                Values = isJson && parsed.GetValue(values),
                PageSize = (int)Math.Clamp(parsed.GetValue(limit) ?? 1000, 1, 1000),
            };
            return RunAsync(client, console, options, parsed.GetValue(limit) ?? long.MaxValue, isJson, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        KvClusterClient client, CliConsole console, KvListOptions options, long limit, bool isJson, CancellationToken cancellationToken)
    {
        await using var writer = console.NewOutputWriter();
        if (!isJson) await writer.WriteLineAsync("REVISION             EXPIRES               TYPE                      KEY");
        var count = 0L;
        await foreach (var entry in client.ListAsync(options, cancellationToken))
        {
            if (count++ == limit) break;
            if (isJson) await console.WriteJsonLineAsync(json => Write(json, entry, options.Values), cancellationToken);
            else await writer.WriteLineAsync(ToLine(entry).AsMemory(), cancellationToken);
        }

        return ExitCode.Ok;
    }

    private static void Write(System.Text.Json.Utf8JsonWriter json, KvEntry entry, bool withValue)
    {
        json.WriteStartObject();
        if (withValue) RecordWriter.WriteMembers(json, entry.Key, entry.Value.Span, entry.ContentType, entry.ExpiresAt);
        else json.WriteBytes("key", "keyBase64", entry.Key.Span);
        json.WriteString("revision", entry.Revision.ToString());
        if (!withValue)
        {
            json.WriteString("contentType", entry.ContentType);
            if (entry.ExpiresAt is { } at) json.WriteNumber("expiresAt", at.ToUnixTimeMilliseconds());
        }

        json.WriteEndObject();
    }

    // The key stands last because only it has no longest length.
    private static string ToLine(KvEntry entry) => string.Create(
        CultureInfo.InvariantCulture,
        $"{entry.Revision,-20} {entry.ExpiresAt?.UtcDateTime.ToString("u", CultureInfo.InvariantCulture) ?? "never",-21} {entry.ContentType,-25} {entry.Key}");
}

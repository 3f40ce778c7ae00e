using System.CommandLine;
using System.Globalization;
using KvCluster.Cli.Output;
using KvCluster.Cli.Transfer;
using KvCluster.Client;
using KvCluster.Client.Configuration;
using Spectre.Console;

namespace KvCluster.Cli.Commands;

/// <summary><c>kv get</c>: the bytes of a value, or all that is known of it.</summary>
internal static class GetCommand
{
    public static Command Build(SessionOptions session, CliConsole console)
    {
        var command = new Command("get", "Print a value, byte for byte; with --output also what is known of it.");
        var key = new KeyArguments();
        key.AddTo(command);
        var consistency = new Option<string?>("--consistency", "-c")
        {
            Description = "Who may answer: linearizable (default), preferMain, replica, or bounded-500ms.",
        };
        command.Options.Add(consistency);
        command.SetAction(session, console, async (client, parsed, cancellationToken) =>
        {
            var options = new KvReadOptions { Consistency = Parse(parsed.GetValue(consistency)) };
            return await RunAsync(client, console, session.Output(parsed), key.Key(parsed), options, cancellationToken);
        });
        return command;
    }

    private static KvConsistency Parse(string? text)
    {
        if (text is null) return KvConsistency.Linearizable;
        return KvConnectionString.TryParse($"any:1;consistency={text}", out var parsed, out var mistake) ? parsed.Consistency!.Value : throw new UsageException(mistake);
    }

    private static async Task<int> RunAsync(
        KvClusterClient client, CliConsole console, OutputFormat? format, KvKey key, KvReadOptions options, CancellationToken cancellationToken)
    {
        var read = await client.GetAsync(key, options, cancellationToken);
        if (!read.Found)
        {
            await console.Error.WriteLineAsync($"kv: {key}: the key does not exist.");
            return ExitCode.Refused;
        }

        switch (format)
        {
            case OutputFormat.Json:
                await console.WriteJsonLineAsync(
                    writer =>
                    {
                        writer.WriteStartObject();
                        RecordWriter.WriteMembers(writer, key, read.Value.Span, read.ContentType, read.ExpiresAt);
                        if (RecordWriter.IsPlainJson(read.Value.Span, read.ContentType)) writer.WriteString("contentType", read.ContentType);
                        writer.WriteString("revision", read.Revision.ToString());
                        writer.WriteString("source", SourceOf(read));
                        if (read.Staleness is { } staleness) writer.WriteNumber("stalenessMilliseconds", (long)staleness.TotalMilliseconds);
                        writer.WriteEndObject();
                    },
                    cancellationToken);
                break;
            case OutputFormat.Table:
                console.WriteTable(ToTable(key, read));
                break;
            default:
                await console.Output.WriteAsync(read.Value, cancellationToken);
                if (console.IsOutputTerminal) await console.Output.WriteAsync("\n"u8.ToArray(), cancellationToken);
                break;
        }

        return ExitCode.Ok;
    }

    private static Table ToTable(KvKey key, KvReadResult read)
    {
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
        void Add(string name, string value) => table.AddRow(new Text(name), new Text(value));
        Add("key", key.ToString());
        Add("revision", read.Revision.ToString());
        Add("written", DateTimeOffset.FromUnixTimeMilliseconds(read.Revision.Milliseconds).ToString("u", CultureInfo.InvariantCulture));
        Add("content type", read.ContentType);
        Add("bytes", read.Value.Length.ToString(CultureInfo.InvariantCulture));
        Add("expires", read.ExpiresAt?.ToString("u", CultureInfo.InvariantCulture) ?? "never");
        var staleness = read.Source == KvSource.Replica && read.Staleness is { } behind ? $", at most {behind.TotalMilliseconds} ms behind" : "";
        Add("answered by", SourceOf(read) + staleness);
        Add("value", System.Text.Unicode.Utf8.IsValid(read.Value.Span) ? read.Text : Convert.ToBase64String(read.Value.Span));
        return table;
    }

    private static string SourceOf(KvReadResult read) => read.Source == KvSource.Main ? "main" : "replica";
}

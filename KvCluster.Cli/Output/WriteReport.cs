using KvCluster.Client;
using Spectre.Console;

namespace KvCluster.Cli.Output;

/// <summary>Shows what became of a write.</summary>
internal static class WriteReport
{
    public static async Task<int> ShowAsync(CliConsole console, OutputFormat? format, KvKey key, KvWriteResult result, CancellationToken cancellationToken)
    {
        if (format == OutputFormat.Json)
        {
            await console.WriteJsonLineAsync(
                writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteBytes("key", "keyBase64", key.Span);
                    writer.WriteString("status", NameOf(result.Status));
                    if (!result.Revision.IsNone) writer.WriteString("revision", result.Revision.ToString());
                    if (result.Copies > 0) writer.WriteNumber("copies", result.Copies);
                    writer.WriteEndObject();
                },
                cancellationToken);
        }
        else
        {
            var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "", "");
            var copies = result.Copies switch
            {
                0 => "",
                1 => "1 durable copy",
                var count => $"{count} durable copies",
            };
            table.AddRow(Markup.Escape(NameOf(result.Status)), result.Revision.IsNone ? "" : $"revision {result.Revision}", copies);
            console.WriteTable(table);
        }

        if (!result.Succeeded) await console.Error.WriteLineAsync($"kv: {Refusal(result.Status)} Nothing was applied.");
        return result.Succeeded ? ExitCode.Ok : ExitCode.Refused;
    }

    /// <summary>The status in the words of the HTTP API's problem codes.</summary>
    public static string NameOf(KvStatus status) => status switch
    {
        KvStatus.Found => "found",
        KvStatus.NotFound => "key-not-found",
        KvStatus.NotModified => "not-modified",
        KvStatus.Created => "created",
        KvStatus.Updated => "updated",
        KvStatus.Deleted => "deleted",
        KvStatus.PreconditionFailed => "precondition-failed",
        KvStatus.PatchTestFailed => "patch-test-failed",
        KvStatus.PatchConflict => "patch-conflict",
        _ => "failed",
    };

    private static string Refusal(KvStatus status) => status switch
    {
        KvStatus.NotFound => "The key does not exist.",
        KvStatus.PreconditionFailed => "The condition does not hold.",
        KvStatus.PatchTestFailed => "A test of the patch does not hold.",
        _ => "The patch does not fit the value.",
    };
}

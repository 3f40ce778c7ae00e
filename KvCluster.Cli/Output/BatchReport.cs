using System.Globalization;
using KvCluster.Client;

namespace KvCluster.Cli.Output;

/// <summary>Shows what became of one operation of a batch.</summary>
internal static class BatchReport
{
    public static async Task<int> ShowAsync(CliConsole console, OutputFormat? format, KvKey key, KvBatchResult result, CancellationToken cancellationToken)
    {
        if (format == OutputFormat.Json) await console.WriteJsonLineAsync(writer => Write(writer, key, result), cancellationToken);
        else await WriteLineAsync(console, key, result);
        if (result.Error is { } error) return ExitCode.Of(error);
        return result.Succeeded ? ExitCode.Ok : ExitCode.Refused;
    }

    private static void Write(System.Text.Json.Utf8JsonWriter writer, KvKey key, KvBatchResult result)
    {
        writer.WriteStartObject();
        writer.WriteBytes("key", "keyBase64", key.Span);
        writer.WriteString("status", result.Error?.Code ?? WriteReport.NameOf(result.Status));
        if (!result.Revision.IsNone) writer.WriteString("revision", result.Revision.ToString());
        if (result.Status == KvStatus.Found) writer.WriteBytes("text", "base64", result.Value.Span);
        if (result.ContentType.Length > 0) writer.WriteString("contentType", result.ContentType);
        if (result.Number != 0) writer.WriteNumber("number", result.Number);
        if (result.Copies > 0) writer.WriteNumber("copies", result.Copies);
        if (result.Error is { } error)
        {
            writer.WriteString("detail", error.Message);
            writer.WriteString("outcome", error.IsOutcomeUnknown ? "unknown" : "definite");
        }

        writer.WriteEndObject();
    }

    private static async Task WriteLineAsync(CliConsole console, KvKey key, KvBatchResult result)
    {
        var what = result switch
        {
            { Error: { } error } => error.IsOutcomeUnknown ? $"{error.Message} (outcome unknown)" : $"{error.Message} (nothing was applied)",
            { Status: KvStatus.Found } => result.Text,
            { Number: not 0 } => result.Number.ToString(CultureInfo.InvariantCulture),
            _ => "",
        };
        await using var writer = console.NewOutputWriter();
        await writer.WriteLineAsync($"{result.Error?.Code ?? WriteReport.NameOf(result.Status),-20} {key}  {what}".TrimEnd());
    }
}

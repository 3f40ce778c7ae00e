using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace KvCluster.Cli.Output;

/// <summary>JSON as the tool writes it: nothing escaped that need not be.</summary>
internal static class JsonOutput
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes one document and a line feed.</summary>
    public static async Task WriteJsonLineAsync(this CliConsole console, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>();
        await using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            write(writer);
        }

        buffer.Write("\n"u8);
        await console.Output.WriteAsync(buffer.WrittenMemory, cancellationToken);
        await console.Output.FlushAsync(cancellationToken);
    }

    /// <summary>Writes bytes as text when they are text, else as base64 under the other name.</summary>
    public static void WriteBytes(this Utf8JsonWriter writer, string textName, string base64Name, ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes)) writer.WriteString(textName, bytes);
        else writer.WriteBase64String(base64Name, bytes);
    }
}

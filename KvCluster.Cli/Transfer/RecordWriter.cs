using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using KvCluster.Cli.Output;
using KvCluster.Client;

namespace KvCluster.Cli.Transfer;

/// <summary>Writes records as NDJSON: one JSON object a line.</summary>
/// <remarks>
/// A value of type <c>application/json</c> that is one JSON text on one line stands in the line exactly as it is stored. Any other
/// value stands there as <c>text</c> or <c>base64</c> with its <c>contentType</c>, also JSON with a line break in it.
/// </remarks>
internal sealed class RecordWriter : IDisposable
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = RecordReader.DepthMax };

    private readonly ArrayBufferWriter<byte> _line = new(4096);
    private readonly Utf8JsonWriter _writer;

    public RecordWriter() => _writer = new Utf8JsonWriter(_line, WriterOptions);

    /// <summary>The line with its line feed; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Write(in TransferRecord record)
    {
        _line.ResetWrittenCount();
        _writer.Reset(_line);
        _writer.WriteStartObject();
        WriteMembers(_writer, record.Key, record.Value.Span, record.ContentType, record.ExpiresAt);
        _writer.WriteEndObject();
        _writer.Flush();
        _line.Write("\n"u8);
        return _line.WrittenMemory;
    }

    public static void WriteMembers(Utf8JsonWriter writer, KvKey key, ReadOnlySpan<byte> value, string contentType, DateTimeOffset? expiresAt)
    {
        writer.WriteBytes("key", "keyBase64", key.Span);
        if (IsPlainJson(value, contentType))
        {
            writer.WritePropertyName("value"u8);
            writer.WriteRawValue(value, skipInputValidation: true);
        }
        else
        {
            writer.WriteString("contentType"u8, contentType);
            writer.WriteBytes("text", "base64", value);
        }

        if (expiresAt is { } at) writer.WriteNumber("expiresAt"u8, at.ToUnixTimeMilliseconds());
    }

    /// <summary>The value can stand in a line as it is, and be read back from there byte for byte.</summary>
    public static bool IsPlainJson(ReadOnlySpan<byte> value, string contentType) =>
        contentType == KvValue.JsonContentType
        && !value.IsEmpty
        && !char.IsWhiteSpace((char)value[0])
        && !char.IsWhiteSpace((char)value[^1])
        && !value.ContainsAny((byte)'\n', (byte)'\r')
        && IsJson(value);

    private static bool IsJson(ReadOnlySpan<byte> value)
    {
        try
        {
            var reader = new Utf8JsonReader(value, ReaderOptions);
            while (reader.Read())
            {
                // Reading every token is the check.
            }

            return System.Text.Unicode.Utf8.IsValid(value);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public void Dispose() => _writer.Dispose();
}

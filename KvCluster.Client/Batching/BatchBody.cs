using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using KvCluster.Client.Requests;

namespace KvCluster.Client.Batching;

/// <summary>Writes the body of <c>POST /kv/batch</c> straight from bytes, without a string for each value.</summary>
internal static class BatchBody
{
    // Quotation marks are escaped by one character instead of five: most values are JSON texts, full of them.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static ReadOnlyMemory<byte> Write(IReadOnlyList<BatchItem> items)
    {
        var buffer = new ArrayBufferWriter<byte>(items.Sum(item => item.Size) + 256);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("operations"u8);
            foreach (var item in items) Write(writer, item);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter writer, BatchItem item)
    {
        var operation = item.Operation;
        writer.WriteStartObject();
        writer.WriteString("op"u8, operation.Name);
        WriteBytes(writer, "key"u8, "keyBase64"u8, operation.Key.Span);
        if (operation.Value is { } value) WriteBytes(writer, "value"u8, "valueBase64"u8, value.Span);
        if (operation.ContentType is { } contentType) writer.WriteString("contentType"u8, contentType);
        if (operation.Options.Ttl is { } ttl) writer.WriteString("ttl"u8, TtlText.Of(ttl));
        if (operation.Options.Condition.IfMatch is { } ifMatch) writer.WriteString("ifMatch"u8, ifMatch);
        if (operation.Options.Condition.IfNoneMatch is { } ifNoneMatch) writer.WriteString("ifNoneMatch"u8, ifNoneMatch);
        if (operation.IsIncrement) writer.WriteNumber("by"u8, operation.By);
        if (!item.Id.IsNone) writer.WriteString("idempotencyKey"u8, item.Id.ToString());
        writer.WriteEndObject();
    }

    private static void WriteBytes(Utf8JsonWriter writer, ReadOnlySpan<byte> textName, ReadOnlySpan<byte> base64Name, ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes)) writer.WriteString(textName, bytes);
        else writer.WriteBase64String(base64Name, bytes);
    }
}

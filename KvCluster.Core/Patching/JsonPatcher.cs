using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KvCluster.Core.Commands;

namespace KvCluster.Core.Patching;

/// <summary>Applies patch documents to JSON values: the same bytes in, the same bytes out, on every server.</summary>
/// <remarks>
/// Own code over the JSON tree, and not a patch library, because both servers of a node must compute the same result, also while one of
/// them is newer: which rules are followed must stand here. Bounded: documents nest at most <see cref="CommandLimits.JsonDepthMax"/>
/// deep, and what the operations of one patch may copy and move has a limit.
/// </remarks>
public static class JsonPatcher
{
    private static readonly JsonDocumentOptions ReadOptions = new() { MaxDepth = CommandLimits.JsonDepthMax, AllowDuplicateProperties = false };

    // Non-ASCII text stays as it was written.
    private static readonly JsonWriterOptions WriteOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = CommandLimits.JsonDepthMax };

    /// <summary>True when <paramref name="patch"/> is a patch document at all, whatever it is applied to.</summary>
    public static bool IsPatch(PatchKind kind, ReadOnlySpan<byte> patch) =>
        TryParse(patch, out var document) && (kind == PatchKind.Merge || JsonPatchOperation.TryReadAll(document, out _));

    /// <param name="value">The present value; nothing for an absent key, which only a merge patch creates.</param>
    /// <returns><see cref="OutcomeCode.Updated"/> with the new value in <paramref name="patched"/>, or why there is none.</returns>
    public static OutcomeCode Apply(PatchKind kind, ReadOnlyMemory<byte>? value, ReadOnlySpan<byte> patch, out ReadOnlyMemory<byte> patched)
    {
        patched = default;
        if (!TryParse(patch, out var document)) return OutcomeCode.PatchInvalid;
        JsonNode? target = null;
        if (kind == PatchKind.Merge)
        {
            if (value is { } present && !TryParse(present.Span, out target)) return OutcomeCode.ValueNotJson;
            return Write(MergePatch.Apply(target, document), out patched);
        }

        if (!JsonPatchOperation.TryReadAll(document, out var operations)) return OutcomeCode.PatchInvalid;
        if (value is not { } old) return OutcomeCode.Absent;
        if (!TryParse(old.Span, out target)) return OutcomeCode.ValueNotJson;
        var code = JsonPatch.Apply(ref target, operations);
        return code == OutcomeCode.Updated ? Write(target, out patched) : code;
    }

    private static bool TryParse(ReadOnlySpan<byte> text, out JsonNode? node)
    {
        node = null;
        try
        {
            node = JsonNode.Parse(text, documentOptions: ReadOptions);
            ReadThrough(node);
            return true;
        }
        catch (Exception refused) when (refused is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    // An escaped half of a surrogate pair passes the parser and fails whoever reads the text first: that must be here.
    private static void ReadThrough(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (_, member) in members) ReadThrough(member);
                break;
            case JsonArray items:
                foreach (var item in items) ReadThrough(item);
                break;
            case JsonValue value: value.TryGetValue(out string? _); break;
        }
    }

    private static OutcomeCode Write(JsonNode? node, out ReadOnlyMemory<byte> text)
    {
        text = default;
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, WriteOptions))
        {
            if (node is null) writer.WriteNullValue();
            else node.WriteTo(writer);
        }

        if (buffer.WrittenCount > CommandLimits.ValueBytesMax) return OutcomeCode.ValueTooLarge;
        text = buffer.WrittenMemory;
        return OutcomeCode.Updated;
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;

namespace KvCluster.Core.Commands;

/// <summary>Applies patch documents to JSON values. The result is the same on every server: members keep their order, numbers their text.</summary>
internal static class JsonPatching
{
    public const int DepthMax = 64;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = DepthMax };
    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = DepthMax * 2,
    };

    /// <param name="value">The present value; none when a merge patch makes the key.</param>
    public static (OutcomeCode Code, byte[]? Result) Apply(PatchKind kind, byte[]? value, ReadOnlyMemory<byte> patch)
    {
        if (!TryParse(patch.Span, out var patchNode)) return (OutcomeCode.PatchInvalid, null);
        JsonNode? target = null;
        if (value is not null && !TryParse(value, out target)) return (OutcomeCode.ValueNotJson, null);
        if (kind == PatchKind.Json)
        {
            var code = JsonPatchDocument.Apply(ref target, patchNode);
            if (code != OutcomeCode.Updated) return (code, null);
        }
        else
        {
            target = Merge(target, patchNode);
        }

        var result = JsonSerializer.SerializeToUtf8Bytes(target, Plain);
        return TryParse(result, out _) ? (OutcomeCode.Updated, result) : (OutcomeCode.PatchConflict, null);
    }

    private static bool TryParse(ReadOnlySpan<byte> json, out JsonNode? node)
    {
        try
        {
            node = JsonNode.Parse(json, documentOptions: Strict);
            Materialize(node);
            return true;
        }
        catch (Exception invalid) when (invalid is JsonException or ArgumentException)
        {
            node = null;
            return false;
        }
    }

    // A node parses its members late; a duplicate name must be found here and not in the middle of a change.
    private static void Materialize(JsonNode? node)
    {
        if (node is JsonObject members)
            foreach (var member in members) Materialize(member.Value);
        else if (node is JsonArray items)
            foreach (var item in items) Materialize(item);
    }

    /// <summary>RFC 7396, section 2.</summary>
    private static JsonNode? Merge(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes) return patch?.DeepClone();
        var result = target as JsonObject ?? [];
        foreach (var (name, change) in changes)
        {
            if (change is null)
            {
                result.Remove(name);
                continue;
            }

            var old = result[name];
            var merged = Merge(old, change);
            if (!ReferenceEquals(old, merged)) result[name] = merged;
        }

        return result;
    }
}

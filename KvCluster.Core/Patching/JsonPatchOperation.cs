using System.Text.Json;
using System.Text.Json.Nodes;

namespace KvCluster.Core.Patching;

/// <summary>One operation of a JSON patch (RFC 6902, section 4).</summary>
internal sealed record JsonPatchOperation(string Op, JsonPointer Path, JsonPointer? From, JsonNode? Value)
{
    public static bool TryReadAll(JsonNode? document, out List<JsonPatchOperation> operations)
    {
        operations = [];
        if (document is not JsonArray items) return false;
        foreach (var item in items)
        {
            if (item is not JsonObject members || !TryRead(members, out var operation)) return false;
            operations.Add(operation);
        }

        return true;
    }

    private static bool TryRead(JsonObject members, out JsonPatchOperation operation)
    {
        operation = null!;
        if (!TryText(members, "op", out var op) || !TryText(members, "path", out var path) || !JsonPointer.TryParse(path, out var target)) return false;
        JsonPointer? source = null;
        switch (op)
        {
            case "remove": break;
            case "add" or "replace" or "test":
                if (!members.ContainsKey("value")) return false;
                break;
            case "move" or "copy":
                if (!TryText(members, "from", out var from) || !JsonPointer.TryParse(from, out source)) return false;
                break;
            default: return false;
        }

        operation = new JsonPatchOperation(op, target, source, members["value"]);
        return true;
    }

    private static bool TryText(JsonObject members, string name, out string text)
    {
        text = "";
        return members.TryGetPropertyValue(name, out var node) && node is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.TryGetValue(out text!);
    }
}

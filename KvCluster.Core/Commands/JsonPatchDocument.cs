using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KvCluster.Core.Commands;

/// <summary>RFC 6902 over RFC 6901 pointers: all operations or none.</summary>
internal static class JsonPatchDocument
{
    public static OutcomeCode Apply(ref JsonNode? root, JsonNode? patch)
    {
        if (patch is not JsonArray operations) return OutcomeCode.PatchInvalid;
        foreach (var operation in operations)
        {
            var code = operation is JsonObject members ? ApplyOne(ref root, members) : OutcomeCode.PatchInvalid;
            if (code != OutcomeCode.Updated) return code;
        }

        return OutcomeCode.Updated;
    }

    private static OutcomeCode ApplyOne(ref JsonNode? root, JsonObject operation)
    {
        if (Text(operation, "op") is not { } name || !TryPointer(Text(operation, "path"), out var path)) return OutcomeCode.PatchInvalid;
        var needsValue = name is "add" or "replace" or "test";
        if (needsValue && !operation.ContainsKey("value")) return OutcomeCode.PatchInvalid;
        var from = Array.Empty<string>();
        if (name is "move" or "copy" && !TryPointer(Text(operation, "from"), out from)) return OutcomeCode.PatchInvalid;
        return name switch
        {
            "add" => Add(ref root, path, operation["value"]?.DeepClone()),
            "remove" => Remove(ref root, path),
            "replace" => Replace(ref root, path, operation["value"]?.DeepClone()),
            "test" => Test(root, path, operation["value"]),
            "copy" => TryGet(root, from, out var copied) ? Add(ref root, path, copied?.DeepClone()) : OutcomeCode.PatchConflict,
            "move" => Move(ref root, from, path),
            _ => OutcomeCode.PatchInvalid,
        };
    }

    private static OutcomeCode Test(JsonNode? root, string[] path, JsonNode? expected) =>
        !TryGet(root, path, out var actual) ? OutcomeCode.PatchTestFailed
        : JsonNode.DeepEquals(actual, expected) ? OutcomeCode.Updated
        : OutcomeCode.PatchTestFailed;

    private static OutcomeCode Move(ref JsonNode? root, string[] from, string[] path)
    {
        // A value cannot be moved into itself (RFC 6902, 4.4).
        if (path.Length > from.Length && path.AsSpan(0, from.Length).SequenceEqual(from)) return OutcomeCode.PatchConflict;
        if (!TryGet(root, from, out var moved)) return OutcomeCode.PatchConflict;
        var value = moved?.DeepClone();
        var removed = Remove(ref root, from);
        return removed == OutcomeCode.Updated ? Add(ref root, path, value) : removed;
    }

    private static OutcomeCode Replace(ref JsonNode? root, string[] path, JsonNode? value)
    {
        if (!TryGet(root, path, out _)) return OutcomeCode.PatchConflict;
        if (path.Length == 0) root = value;
        else if (Parent(root, path) is JsonObject members) members[path[^1]] = value;
        else if (Parent(root, path) is JsonArray items && TryIndex(path[^1], items.Count - 1, out var index)) items[index] = value;
        return OutcomeCode.Updated;
    }

    private static OutcomeCode Add(ref JsonNode? root, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
        {
            root = value;
            return OutcomeCode.Updated;
        }

        switch (Parent(root, path))
        {
            case JsonObject members: members[path[^1]] = value; return OutcomeCode.Updated;
            case JsonArray items when path[^1] == "-": items.Add(value); return OutcomeCode.Updated;
            case JsonArray items when TryIndex(path[^1], items.Count, out var index): items.Insert(index, value); return OutcomeCode.Updated;
            default: return OutcomeCode.PatchConflict;
        }
    }

    private static OutcomeCode Remove(ref JsonNode? root, string[] path)
    {
        if (!TryGet(root, path, out _)) return OutcomeCode.PatchConflict;
        if (path.Length == 0) root = null;
        else if (Parent(root, path) is JsonObject members) members.Remove(path[^1]);
        else if (Parent(root, path) is JsonArray items && TryIndex(path[^1], items.Count - 1, out var index)) items.RemoveAt(index);
        return OutcomeCode.Updated;
    }

    private static JsonNode? Parent(JsonNode? root, string[] path) => TryGet(root, path.AsSpan(0, path.Length - 1), out var parent) ? parent : null;

    private static bool TryGet(JsonNode? root, ReadOnlySpan<string> path, out JsonNode? found)
    {
        found = root;
        foreach (var name in path)
        {
            if (found is JsonObject members && members.TryGetPropertyValue(name, out var member)) found = member;
            else if (found is JsonArray items && TryIndex(name, items.Count - 1, out var index)) found = items[index];
            else return false;
        }

        return true;
    }

    private static bool TryIndex(string text, int last, out int index)
    {
        index = -1;
        var hasLeadingZero = text.Length > 1 && text[0] == '0';
        return !hasLeadingZero && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index) && index <= last;
    }

    private static string? Text(JsonObject operation, string name) =>
        operation.TryGetPropertyValue(name, out var node) && node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static bool TryPointer(string? pointer, out string[] path)
    {
        path = [];
        if (pointer is null || (pointer.Length > 0 && pointer[0] != '/')) return false;
        if (pointer.Length == 0) return true;
        path = pointer[1..].Split('/');
        for (var i = 0; i < path.Length; i++)
        {
            if (!HasValidEscapes(path[i])) return false;
            path[i] = path[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        }

        return true;
    }

    private static bool HasValidEscapes(string token)
    {
        for (var i = token.IndexOf('~', StringComparison.Ordinal); i >= 0; i = token.IndexOf('~', i + 1))
            if (i + 1 == token.Length || token[i + 1] is not ('0' or '1')) return false;
        return true;
    }
}

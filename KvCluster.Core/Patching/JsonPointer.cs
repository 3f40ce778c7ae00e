using System.Globalization;
using System.Text.Json.Nodes;

namespace KvCluster.Core.Patching;

/// <summary>A place in a JSON document (RFC 6901).</summary>
internal sealed class JsonPointer
{
    private readonly string[] _tokens;

    private JsonPointer(string[] tokens) => _tokens = tokens;

    public bool IsRoot => _tokens.Length == 0;
    public int Depth => _tokens.Length;
    public string Last => _tokens[^1];

    public static bool TryParse(string text, out JsonPointer pointer)
    {
        pointer = new JsonPointer([]);
        if (text.Length == 0) return true;
        if (text[0] != '/') return false;
        var tokens = text[1..].Split('/');
        for (var i = 0; i < tokens.Length; i++)
            if (!TryUnescape(ref tokens[i])) return false;
        pointer = new JsonPointer(tokens);
        return true;
    }

    /// <summary>True when this place contains <paramref name="other"/> and is not the same.</summary>
    public bool IsAbove(JsonPointer other) => _tokens.Length < other._tokens.Length && other._tokens.AsSpan(0, _tokens.Length).SequenceEqual(_tokens);

    public bool IsSame(JsonPointer other) => _tokens.AsSpan().SequenceEqual(other._tokens);

    public bool TryFind(JsonNode? root, out JsonNode? found) => TryFind(root, _tokens, out found);

    /// <summary>The object or array that holds this place, which is not the root.</summary>
    public bool TryFindParent(JsonNode? root, out JsonNode? parent) => TryFind(root, _tokens.AsSpan(0, _tokens.Length - 1), out parent) && parent is JsonObject or JsonArray;

    /// <summary>An index into an array: digits without a leading zero.</summary>
    public static bool TryIndex(string token, out int index)
    {
        index = 0;
        if (token.Length > 1 && token[0] == '0') return false;
        return int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }

    private static bool TryFind(JsonNode? root, ReadOnlySpan<string> tokens, out JsonNode? found)
    {
        found = root;
        foreach (var token in tokens)
        {
            if (found is JsonObject members)
            {
                if (!members.TryGetPropertyValue(token, out found)) return false;
            }
            else if (found is JsonArray items && TryIndex(token, out var index) && index < items.Count)
            {
                found = items[index];
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryUnescape(ref string token)
    {
        for (var at = token.IndexOf('~'); at >= 0; at = token.IndexOf('~', at + 1))
            if (at + 1 >= token.Length || token[at + 1] is not ('0' or '1')) return false;
        token = token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
        return true;
    }
}

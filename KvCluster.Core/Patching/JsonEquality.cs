using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace KvCluster.Core.Patching;

/// <summary>Equality as RFC 6902, section 4.6 has it: members in any order, numbers by their value.</summary>
/// <remarks>
/// Own code for numbers, because the library's throws where an exponent is too large for it: a client could send what stops every server
/// that applies it. The recursion is as deep as documents nest, which their parser has bounded.
/// </remarks>
internal static class JsonEquality
{
    public static bool AreEqual(JsonNode? left, JsonNode? right)
    {
        switch (left, right)
        {
            case (JsonObject one, JsonObject other):
                if (one.Count != other.Count) return false;
                foreach (var (name, member) in one)
                    if (!other.TryGetPropertyValue(name, out var its) || !AreEqual(member, its)) return false;
                return true;
            case (JsonArray one, JsonArray other):
                if (one.Count != other.Count) return false;
                for (var i = 0; i < one.Count; i++)
                    if (!AreEqual(one[i], other[i])) return false;
                return true;
            case (JsonValue one, JsonValue other) when one.GetValueKind() == JsonValueKind.Number && other.GetValueKind() == JsonValueKind.Number:
                return JsonNumber.Parse(TextOf(one)).Equals(JsonNumber.Parse(TextOf(other)));
            default: return JsonNode.DeepEquals(left, right);
        }
    }

    // All trees come from a parser, whose values are elements.
    private static ReadOnlySpan<byte> TextOf(JsonValue number) => JsonMarshal.GetRawUtf8Value(number.GetValue<JsonElement>());
}

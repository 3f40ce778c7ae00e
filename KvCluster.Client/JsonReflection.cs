using System.Text.Json;

namespace KvCluster.Client;

/// <summary>What the overloads without a <c>JsonTypeInfo</c> share.</summary>
internal static class JsonReflection
{
    public const string Reason = "Reads the members of T by reflection. Pass a JsonTypeInfo<T> of a JsonSerializerContext in a trimmed or ahead-of-time compiled program.";

    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);
}

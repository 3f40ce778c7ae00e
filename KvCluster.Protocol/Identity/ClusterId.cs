using System.Text.Json;
using System.Text.Json.Serialization;

namespace KvCluster.Protocol.Identity;

/// <summary>Name of a cluster, drawn once at its explicit bootstrap. A server refuses every message of another cluster.</summary>
[JsonConverter(typeof(JsonGuidConverter))]
public readonly record struct ClusterId(Guid Value)
{
    public static readonly ClusterId None;

    public static ClusterId Parse(string text) => new(Guid.Parse(text));
    public override string ToString() => Value.ToString("D");

    internal sealed class JsonGuidConverter : JsonConverter<ClusterId>
    {
        public override ClusterId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetGuid());
        public override void Write(Utf8JsonWriter writer, ClusterId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}

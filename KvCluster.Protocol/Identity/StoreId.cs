using System.Text.Json;
using System.Text.Json.Serialization;

namespace KvCluster.Protocol.Identity;

/// <summary>Name of a data folder, drawn when the folder is created. A wiped or replaced disk is another store, hence another server.</summary>
[JsonConverter(typeof(JsonGuidConverter))]
public readonly record struct StoreId(Guid Value)
{
    public static StoreId Parse(string text) => new(Guid.Parse(text));
    public override string ToString() => Value.ToString("D");

    internal sealed class JsonGuidConverter : JsonConverter<StoreId>
    {
        public override StoreId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetGuid());
        public override void Write(Utf8JsonWriter writer, StoreId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KvCluster.Protocol.Identity;

/// <summary>Number of a node's configuration (who is main, who is in sync); grows by one with each change.</summary>
[JsonConverter(typeof(JsonNumberConverter))]
public readonly record struct Epoch(long Value) : IComparable<Epoch>
{
    public static readonly Epoch None;

    public Epoch Next => new(Value + 1);
    public int CompareTo(Epoch other) => Value.CompareTo(other.Value);
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
    public static bool operator <(Epoch left, Epoch right) => left.Value < right.Value;
    public static bool operator >(Epoch left, Epoch right) => left.Value > right.Value;
    public static bool operator <=(Epoch left, Epoch right) => left.Value <= right.Value;
    public static bool operator >=(Epoch left, Epoch right) => left.Value >= right.Value;

    internal sealed class JsonNumberConverter : JsonConverter<Epoch>
    {
        public override Epoch Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());
        public override void Write(Utf8JsonWriter writer, Epoch value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KvCluster.Protocol.Identity;

/// <summary>Number of a server, given by the master at registration to a store (a data folder); never reused.</summary>
[JsonConverter(typeof(JsonNumberConverter))]
public readonly record struct ServerId(int Value) : IComparable<ServerId>
{
    public static readonly ServerId None;

    public int CompareTo(ServerId other) => Value.CompareTo(other.Value);
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
    public static bool operator <(ServerId left, ServerId right) => left.Value < right.Value;
    public static bool operator >(ServerId left, ServerId right) => left.Value > right.Value;
    public static bool operator <=(ServerId left, ServerId right) => left.Value <= right.Value;
    public static bool operator >=(ServerId left, ServerId right) => left.Value >= right.Value;

    internal sealed class JsonNumberConverter : JsonConverter<ServerId>
    {
        public override ServerId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt32());
        public override void Write(Utf8JsonWriter writer, ServerId value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
    }
}

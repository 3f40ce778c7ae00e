using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KvCluster.Protocol.Identity;

/// <summary>Number of one run of a server process, given by the master at each registration; a lower one can propose nothing and its acknowledgements count for nothing.</summary>
[JsonConverter(typeof(JsonNumberConverter))]
public readonly record struct Incarnation(long Value) : IComparable<Incarnation>
{
    public static readonly Incarnation None;

    public int CompareTo(Incarnation other) => Value.CompareTo(other.Value);
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
    public static bool operator <(Incarnation left, Incarnation right) => left.Value < right.Value;
    public static bool operator >(Incarnation left, Incarnation right) => left.Value > right.Value;
    public static bool operator <=(Incarnation left, Incarnation right) => left.Value <= right.Value;
    public static bool operator >=(Incarnation left, Incarnation right) => left.Value >= right.Value;

    internal sealed class JsonNumberConverter : JsonConverter<Incarnation>
    {
        public override Incarnation Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());
        public override void Write(Utf8JsonWriter writer, Incarnation value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
    }
}

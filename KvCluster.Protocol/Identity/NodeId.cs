using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KvCluster.Protocol.Identity;

/// <summary>Number of a node, given by the master at registration; never reused. Printed as <c>node-3</c>, in JSON a number.</summary>
[JsonConverter(typeof(JsonNumberConverter))]
public readonly record struct NodeId(int Value) : IComparable<NodeId>
{
    public static readonly NodeId None;

    public int CompareTo(NodeId other) => Value.CompareTo(other.Value);
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"node-{Value}");
    public static bool operator <(NodeId left, NodeId right) => left.Value < right.Value;
    public static bool operator >(NodeId left, NodeId right) => left.Value > right.Value;
    public static bool operator <=(NodeId left, NodeId right) => left.Value <= right.Value;
    public static bool operator >=(NodeId left, NodeId right) => left.Value >= right.Value;

    internal sealed class JsonNumberConverter : JsonConverter<NodeId>
    {
        public override NodeId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt32());
        public override void Write(Utf8JsonWriter writer, NodeId value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
    }
}

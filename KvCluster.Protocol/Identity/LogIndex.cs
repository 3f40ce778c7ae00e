using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KvCluster.Protocol.Identity;

/// <summary>Position in a node's log; the first entry has index 1, zero stands before it.</summary>
[JsonConverter(typeof(JsonNumberConverter))]
public readonly record struct LogIndex(long Value) : IComparable<LogIndex>
{
    public static readonly LogIndex Zero;

    public LogIndex Next => new(Value + 1);
    public LogIndex Previous => new(Value - 1);
    public static LogIndex Min(LogIndex left, LogIndex right) => left < right ? left : right;
    public static LogIndex Max(LogIndex left, LogIndex right) => left > right ? left : right;
    public int CompareTo(LogIndex other) => Value.CompareTo(other.Value);
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
    public static bool operator <(LogIndex left, LogIndex right) => left.Value < right.Value;
    public static bool operator >(LogIndex left, LogIndex right) => left.Value > right.Value;
    public static bool operator <=(LogIndex left, LogIndex right) => left.Value <= right.Value;
    public static bool operator >=(LogIndex left, LogIndex right) => left.Value >= right.Value;

    internal sealed class JsonNumberConverter : JsonConverter<LogIndex>
    {
        public override LogIndex Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());
        public override void Write(Utf8JsonWriter writer, LogIndex value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KvCluster.Protocol.Identity;

/// <summary>
/// The 64-bit hybrid logical time stamped on a write by its main: 48 bits of milliseconds since 1970, 16 bits of counter
/// (Kulkarni et al., "Logical Physical Clocks", 2014). ETag, compare-and-set, expiry and watch use it; it grows along a key's life.
/// In JSON it is a string, because a JSON number loses bits beyond 2^53.
/// </summary>
[JsonConverter(typeof(JsonTextConverter))]
public readonly record struct Revision(ulong Value) : IComparable<Revision>
{
    private const int CounterBits = 16;

    public static readonly Revision None;

    public long Milliseconds => (long)(Value >> CounterBits);
    public bool IsNone => Value == 0;

    public static Revision FromMilliseconds(long milliseconds) => new((ulong)milliseconds << CounterBits);

    /// <summary>The smallest revision that is above <paramref name="last"/> and not before <paramref name="wallMilliseconds"/>.</summary>
    public static Revision After(Revision last, long wallMilliseconds)
    {
        var wall = FromMilliseconds(wallMilliseconds);
        return wall > last ? wall : new Revision(last.Value + 1);
    }

    public static Revision Max(Revision left, Revision right) => left > right ? left : right;

    /// <summary>This revision moved by a duration; expiry and windows are computed with it.</summary>
    public Revision AddMilliseconds(long milliseconds) => new(Value + ((ulong)milliseconds << CounterBits));

    public Revision SubtractMilliseconds(long milliseconds)
    {
        var span = (ulong)milliseconds << CounterBits;
        return span > Value ? None : new Revision(Value - span);
    }

    public static bool TryParse(ReadOnlySpan<char> text, out Revision revision)
    {
        var parsed = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        revision = new Revision(value);
        return parsed;
    }

    public int CompareTo(Revision other) => Value.CompareTo(other.Value);
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
    public static bool operator <(Revision left, Revision right) => left.Value < right.Value;
    public static bool operator >(Revision left, Revision right) => left.Value > right.Value;
    public static bool operator <=(Revision left, Revision right) => left.Value <= right.Value;
    public static bool operator >=(Revision left, Revision right) => left.Value >= right.Value;

    internal sealed class JsonTextConverter : JsonConverter<Revision>
    {
        public override Revision Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TryParse(reader.GetString(), out var revision) ? revision : throw new JsonException("A revision is a decimal number in a string.");

        public override void Write(Utf8JsonWriter writer, Revision value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}

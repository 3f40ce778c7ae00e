using System.Globalization;

namespace KvCluster.Protocol.Slots;

/// <summary>One of the 16384 hash slots of the key space.</summary>
public readonly record struct Slot(ushort Value) : IComparable<Slot>
{
    public const int Count = 16384;

    public int CompareTo(Slot other) => Value.CompareTo(other.Value);
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
    public static bool operator <(Slot left, Slot right) => left.Value < right.Value;
    public static bool operator >(Slot left, Slot right) => left.Value > right.Value;
    public static bool operator <=(Slot left, Slot right) => left.Value <= right.Value;
    public static bool operator >=(Slot left, Slot right) => left.Value >= right.Value;
}

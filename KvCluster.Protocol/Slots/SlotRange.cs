using System.Globalization;

namespace KvCluster.Protocol.Slots;

/// <summary>The slots from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
public readonly record struct SlotRange(ushort First, ushort Last)
{
    public int Length => Last - First + 1;
    public bool Contains(Slot slot) => slot.Value >= First && slot.Value <= Last;
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");

    /// <summary>Cuts all 16384 slots into <paramref name="parts"/> ranges whose lengths differ by at most one.</summary>
    public static IReadOnlyList<SlotRange> Split(int parts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parts, Slot.Count);
        var ranges = new SlotRange[parts];
        for (var i = 0; i < parts; i++)
            ranges[i] = new SlotRange((ushort)(i * Slot.Count / parts), (ushort)(((i + 1) * Slot.Count / parts) - 1));
        return ranges;
    }
}

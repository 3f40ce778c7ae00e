namespace KvCluster.Core.State;

/// <summary>From which row (included) until which (excluded) a scan goes.</summary>
public readonly record struct StateRange(byte[] From, byte[] Until)
{
    public static readonly StateRange Everything = new([1], [255]);
    public static readonly StateRange Slots = OfPrefix(StateRow.SlotPrefix);
    public static readonly StateRange Dedup = OfPrefix(StateRow.DedupPrefix);
    public static readonly StateRange Expiry = OfPrefix(StateRow.ExpiryPrefix);

    /// <summary>Data rows of the keys with <paramref name="prefix"/> that come after <paramref name="after"/>; an empty one stands before all.</summary>
    public static StateRange OfKeys(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> after)
    {
        var first = StateRow.Data(prefix);
        return new StateRange(after.SequenceCompareTo(prefix) < 0 ? first : after.IsEmpty ? first : After(StateRow.Data(after)), End(first));
    }

    /// <summary>The smallest row above <paramref name="row"/>.</summary>
    public static byte[] After(ReadOnlySpan<byte> row)
    {
        var next = new byte[row.Length + 1];
        row.CopyTo(next);
        return next;
    }

    // The first row behind all that start with these bytes. The first byte is never 255, so there is one.
    private static byte[] End(ReadOnlySpan<byte> start)
    {
        var end = start[..(start.LastIndexOfAnyExcept((byte)255) + 1)].ToArray();
        end[^1]++;
        return end;
    }

    private static StateRange OfPrefix(byte prefix) => new([prefix], [(byte)(prefix + 1)]);
}

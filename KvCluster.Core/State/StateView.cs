using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;

namespace KvCluster.Core.State;

/// <summary>The state as readers see it: owned slots, rows of the right generation, nothing that has expired.</summary>
/// <param name="AppliedRevision">Revision of the newest applied entry. Expiry is judged by it, so the log alone decides it.</param>
/// <remarks>
/// Take the view before the rows are read. A view that is older than the rows shows at most a key that has just expired; one that is
/// newer could hide a key which the rows in between gave a longer life.
/// </remarks>
public sealed record StateView(SlotTable Slots, Revision AppliedRevision)
{
    /// <summary>Rows that one page looks at before it ends early: invisible rows must not make a page endless.</summary>
    private const int RowsPerPageMax = 20_000;

    /// <summary>The key's value; nothing when it is absent, expired, or its slot is not owned.</summary>
    public StoredValue? TryRead(IStateReader reader, ReadOnlySpan<byte> key) => TryRead(reader, key, SlotHash.Of(key));

    /// <inheritdoc cref="TryRead(IStateReader, ReadOnlySpan{byte})"/>
    /// <param name="slot">The key's.</param>
    public StoredValue? TryRead(IStateReader reader, ReadOnlySpan<byte> key, Slot slot)
    {
        Span<byte> row = stackalloc byte[StateRow.DataBytes(key)];
        StateRow.WriteData(row, key);
        if (reader.Get(row) is not { } value) return null;
        var header = ValueRow.ReadHeader(value);
        return IsVisible(slot, header) ? ToValue(header, value, value.AsMemory(header.Bytes)) : null;
    }

    /// <summary>The same for a value that is short enough for <paramref name="room"/>, without any allocation.</summary>
    /// <param name="room">For the row: what stands in front of the value has to fit, too.</param>
    /// <returns>False when it does not fit.</returns>
    public bool TryReadShort(IStateReader reader, ReadOnlySpan<byte> key, Slot slot, Span<byte> room, out ShortValue value)
    {
        Span<byte> name = stackalloc byte[StateRow.DataBytes(key)];
        StateRow.WriteData(name, key);
        var length = reader.Read(name, room);
        value = default;
        if (length < 0) return true;
        if (length > room.Length) return false;
        var row = room[..length];
        var header = ValueRow.ReadHeader(row);
        if (IsVisible(slot, header)) value = new ShortValue(true, row.Slice(ValueRow.FixedBytes, header.ContentTypeLength), row[header.Bytes..]);
        return true;
    }

    /// <summary>Keys with <paramref name="prefix"/> after <paramref name="after"/> in byte order, and the key behind which the next page begins.</summary>
    /// <param name="bytesMax">The page ends once its values reach this size.</param>
    public (IReadOnlyList<KeyValuePair<byte[], StoredValue>> Items, byte[]? Next) List(
        IStateReader reader, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> after, int countMax, int bytesMax, bool withValues)
    {
        var items = new List<KeyValuePair<byte[], StoredValue>>();
        byte[]? last = null;
        var (bytes, rows, isCut) = (0L, 0, false);
        var range = StateRange.OfKeys(prefix, after);
        reader.Scan(range.From, range.Until, (row, value) =>
        {
            isCut = items.Count >= countMax || bytes >= bytesMax || rows >= RowsPerPageMax;
            if (isCut) return false;
            rows++;
            last = StateRow.KeyOfData(row).ToArray();
            var header = ValueRow.ReadHeader(value);
            if (!IsVisible(SlotHash.Of(last), header)) return true;
            var body = withValues ? value[header.Bytes..].ToArray() : [];
            bytes += body.Length;
            items.Add(new(last, ToValue(header, value, body)));
            return true;
        });
        return (items, isCut ? last : null);
    }

    /// <summary>Shows visible keys with <paramref name="prefix"/> after <paramref name="after"/> in byte order, and copies nothing.</summary>
    public void Visit(IStateReader reader, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> after, KeyVisitor visitor)
    {
        var range = StateRange.OfKeys(prefix, after);
        reader.Scan(range.From, range.Until, (row, value) =>
        {
            var header = ValueRow.ReadHeader(value);
            var key = StateRow.KeyOfData(row);
            return !IsVisible(SlotHash.Of(key), header) || visitor(key, value.Slice(ValueRow.FixedBytes, header.ContentTypeLength), header.ExpiresAt);
        });
    }

    private bool IsVisible(Slot slot, in ValueHeader header)
    {
        var state = Slots[slot];
        return state.Role == SlotRole.Own && header.IsVisible(state.SlotEpoch, AppliedRevision);
    }

    private static StoredValue ToValue(in ValueHeader header, ReadOnlySpan<byte> row, ReadOnlyMemory<byte> body) =>
        new(header.Revision, MediaTypeText.Of(row.Slice(ValueRow.FixedBytes, header.ContentTypeLength)), header.ExpiresAt, body);
}

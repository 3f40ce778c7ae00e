using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;

namespace KvCluster.Core.State;

/// <summary>Keys by the moment at which they expire.</summary>
/// <remarks>
/// Both moments are kept in memory only and may be too early, never too late: a key that was given a longer life leaves them where
/// they are. So they decide when a record is written and where a scan begins, but never what a record deletes.
/// </remarks>
internal sealed class ExpiryIndex
{
    // A sweep that meets rows which it must leave alone passes over so many of them for each key that it may delete.
    private const int RowsPerKeyMax = 4;
    private const int PageRows = 256;
    private const long Never = long.MaxValue;

    // No row of the index is before it, so a scan needs not wade through the traces of those that were deleted.
    private long _lowest = Never;
    private long _due = Never;

    /// <summary>No key in an owned slot expires before this moment, in Unix milliseconds.</summary>
    public long? Earliest => _due == Never ? null : _due;

    public void Load(IStateReader reader)
    {
        var first = reader.Scan(StateRange.Expiry.From, StateRange.Expiry.Until, 1);
        _lowest = _due = first.Count == 0 ? Never : StateRow.TimeOfExpiry(first[0].Key);
    }

    /// <summary>Slots were taken into service: what was passed over may be due now.</summary>
    public void LookAgain() => _due = _lowest;

    public void Add(IStateBatch batch, long expiresAt, ReadOnlySpan<byte> key)
    {
        Span<byte> row = stackalloc byte[StateRow.ExpiryBytes(key)];
        StateRow.WriteExpiry(row, expiresAt, key);
        batch.Put(row, []);
        _lowest = Math.Min(_lowest, expiresAt);
        _due = Math.Min(_due, expiresAt);
    }

    public static void Remove(IStateBatch batch, long expiresAt, ReadOnlySpan<byte> key)
    {
        Span<byte> row = stackalloc byte[StateRow.ExpiryBytes(key)];
        StateRow.WriteExpiry(row, expiresAt, key);
        batch.Delete(row);
    }

    /// <summary>Keys that were deleted because their time was over.</summary>
    public long Deleted { get; private set; }

    /// <summary>Deletes up to <paramref name="limit"/> keys of owned slots that are over at <paramref name="now"/>, the earliest first.</summary>
    public void DeleteDue(IStateBatch batch, SlotTable slots, Revision now, int limit)
    {
        if (_lowest == Never) return;
        var from = new byte[StateRow.ExpiryFixedBytes];
        StateRow.WriteExpiry(from, _lowest, []);
        var (passed, deleted, examined) = (Never, 0, 0L);
        while (true)
        {
            var page = batch.Scan(from, StateRange.Expiry.Until, PageRows);
            foreach (var (row, _) in page)
            {
                var expiresAt = StateRow.TimeOfExpiry(row);
                if (Revision.FromMilliseconds(expiresAt) > now || deleted >= limit || examined++ >= (long)limit * RowsPerKeyMax)
                {
                    (_lowest, _due) = (Math.Min(passed, expiresAt), expiresAt);
                    return;
                }

                var key = StateRow.KeyOfExpiry(row);
                var slot = slots[SlotHash.Of(key)];
                if (slot.Role != SlotRole.Own) passed = Math.Min(passed, expiresAt);
                else if (DeleteKey(batch, key, expiresAt, slot.SlotEpoch)) (deleted, Deleted) = (deleted + 1, Deleted + 1);
            }

            if (page.Count < PageRows) break;
            from = StateRange.After(page[^1].Key);
        }

        (_lowest, _due) = (passed, Never);
    }

    private static bool DeleteKey(IStateBatch batch, ReadOnlySpan<byte> key, long expiresAt, long generation)
    {
        Remove(batch, expiresAt, key);
        Span<byte> row = stackalloc byte[StateRow.DataBytes(key)];
        Span<byte> head = stackalloc byte[ValueRow.FixedBytes];
        StateRow.WriteData(row, key);
        if (batch.Read(row, head) < 0) return false;
        var header = ValueRow.ReadHeader(head);

        // A row of another generation is garbage, which is removed elsewhere.
        if (header.Generation != generation || header.ExpiresAt != expiresAt) return false;
        batch.Delete(row);
        return true;
    }
}

using KvCluster.Core.State;
using KvCluster.Protocol.Slots;

namespace KvCluster.Core.Commands;

/// <summary>Reads of the applied state as clients see it: rows of this node's slots that have not expired.</summary>
public static class StateView
{
    private const int ScanRows = 256;

    public static StoredValue? TryRead(this CommandExecutor executor, IStateReader state, ReadOnlySpan<byte> key)
    {
        Span<byte> row = stackalloc byte[key.Length + 1];
        StateRow.WriteData(key, row);

        // The revision is taken after the row: a row is never judged by an older time than the one it was written at.
        return state.Get(row) is { } bytes ? Visible(executor, key, bytes, withValue: true) : null;
    }

    /// <summary>Keys with <paramref name="prefix"/> after <paramref name="after"/>, and the key to go on after, if there is more.</summary>
    public static (IReadOnlyList<KeyValuePair<byte[], StoredValue>> Items, byte[]? After) List(
        this CommandExecutor executor, IStateReader state, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> after, int countMax, int bytesMax, bool withValues)
    {
        var items = new List<KeyValuePair<byte[], StoredValue>>();
        byte[] from = after.SequenceCompareTo(prefix) >= 0 && !after.IsEmpty ? [.. StateRow.Data(after), 0] : StateRow.Data(prefix);
        var until = StateRow.After(StateRow.Data(prefix));
        for (long bytes = 0; state.Scan(from, until, Math.Min(ScanRows, countMax - items.Count + 1)) is { Count: > 0 } rows;)
        {
            foreach (var (row, value) in rows)
            {
                if (items.Count >= countMax || bytes >= bytesMax) return (items, items[^1].Key);
                var key = row[1..];
                if (Visible(executor, key, value, withValues) is not { } visible) continue;
                items.Add(new(key, visible));
                bytes += key.Length + visible.Bytes.Length;
            }

            from = [.. rows[^1].Key, 0];
        }

        return (items, null);
    }

    private static StoredValue? Visible(CommandExecutor executor, ReadOnlySpan<byte> key, byte[] row, bool withValue)
    {
        var header = ValueRow.ReadHeader(row);
        if (header.Generation != executor.Slots.EpochOf(SlotHash.Of(key)) || header.IsExpiredAt(executor.AppliedRevision)) return null;
        return new StoredValue(header.Revision, header.ContentType, header.ExpiresAt, withValue ? row.AsMemory(header.HeaderBytes) : default);
    }
}

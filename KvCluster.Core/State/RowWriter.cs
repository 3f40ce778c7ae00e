using KvCluster.Core.Commands;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.State;

/// <summary>Stores and deletes the value of a key: its row, and its place in the index of expiries. Whoever writes a value does it here.</summary>
internal sealed class RowWriter(ExpiryIndex expiry)
{
    private const int ScratchBytesKept = 1 << 20;

    // The largest moment that is also a revision.
    private const long ExpiresAtMax = (1L << 47) - 1;

    private byte[] _scratch = new byte[8_192];

    /// <summary>Rows of keys that were added, less those that were deleted by a command.</summary>
    public long Added { get; private set; }

    /// <summary>Bytes of rows stored ever: how much a batch grows by.</summary>
    public long StoredBytes { get; private set; }

    public Outcome Store(in RowWrite write, long expiresAt, ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> value)
    {
        var header = new ValueHeader(write.Generation, write.Now, expiresAt, contentType.Length);
        var length = header.Bytes + value.Length;
        if (_scratch.Length < length) _scratch = GC.AllocateUninitializedArray<byte>(length);
        ValueRow.WriteHeader(_scratch, header);
        contentType.CopyTo(_scratch.AsSpan(ValueRow.FixedBytes));
        value.CopyTo(_scratch.AsSpan(header.Bytes));
        write.Batch.Put(write.Row, _scratch.AsSpan(0, length));
        StoredBytes += length;
        if (!write.Current.HasRow) Added++;
        if (_scratch.Length > ScratchBytesKept) _scratch = new byte[8_192];

        // The index follows the row that lies there, seen or not.
        var indexed = write.Current.HasRow ? write.Current.Header.ExpiresAt : 0;
        if (indexed != expiresAt)
        {
            if (indexed != 0) ExpiryIndex.Remove(write.Batch, indexed, write.Key);
            if (expiresAt != 0) expiry.Add(write.Batch, expiresAt, write.Key);
        }

        return new Outcome(write.Current.IsVisible ? OutcomeCode.Updated : OutcomeCode.Created, write.Now, 0, expiresAt);
    }

    public Outcome Delete(in RowWrite write)
    {
        if (!write.Current.IsVisible) return new Outcome(OutcomeCode.Absent);
        if (write.Current.Header.ExpiresAt != 0) ExpiryIndex.Remove(write.Batch, write.Current.Header.ExpiresAt, write.Key);
        write.Batch.Delete(write.Row);
        Added--;
        return new Outcome(OutcomeCode.Deleted, write.Now);
    }

    /// <summary>When a value expires that replaces <paramref name="current"/> at <paramref name="now"/>.</summary>
    public static long ExpiresAt(in Expiry expiry, in CurrentValue current, Revision now) => expiry.Kind switch
    {
        ExpiryKind.Keep => current.ExpiresAt,
        ExpiryKind.After => Math.Clamp(now.Milliseconds + Math.Clamp(expiry.Milliseconds, 0, ExpiresAtMax / 2), 1, ExpiresAtMax),
        ExpiryKind.At => Math.Clamp(expiry.Milliseconds, 1, ExpiresAtMax),
        _ => 0,
    };
}

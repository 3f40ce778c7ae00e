using System.Buffers.Binary;
using KvCluster.Core.State;
using KvCluster.Node.Storage.Native;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Storage;

/// <summary>The applied state in its column family. Beside the state's own rows it holds one that names the last applied entry.</summary>
internal sealed class StateColumn(RocksDatabase database, nint family, RowCache cache) : IStateReader
{
    /// <summary>Smaller than every row of the state.</summary>
    public static readonly byte[] AppliedRow = [0];

    public nint Family => family;

    public int Read(ReadOnlySpan<byte> row, Span<byte> destination)
    {
        if (!RowCache.IsOfKey(row)) return database.Read(family, row, destination);
        if (cache.Read(row, destination) is >= 0 and var cached) return cached;
        var moment = cache.Moment;
        var length = database.Read(family, row, destination);
        if (length >= 0 && length <= destination.Length) cache.Add(row, destination[..length], moment);
        return length;
    }

    public byte[]? Get(ReadOnlySpan<byte> row)
    {
        if (!RowCache.IsOfKey(row)) return database.Get(family, row);
        if (cache.Get(row) is { } cached) return cached;
        var moment = cache.Moment;
        var value = database.Get(family, row);
        if (value is not null) cache.Add(row, value, moment);
        return value;
    }

    public IReadOnlyList<KeyValuePair<byte[], byte[]>> Scan(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until, int limit)
    {
        var rows = new List<KeyValuePair<byte[], byte[]>>();
        using var walk = database.Scan(family);
        for (walk.Seek(from); rows.Count < limit && walk.IsValid; walk.Next())
        {
            var key = walk.Key;
            if (key.SequenceCompareTo(until) >= 0) break;
            rows.Add(new(key.ToArray(), walk.Value.ToArray()));
        }

        walk.ThrowIfFailed();
        return rows;
    }

    public void Scan(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until, RowVisitor visitor)
    {
        using var walk = database.Scan(family);
        for (walk.Seek(from); walk.IsValid; walk.Next())
        {
            var key = walk.Key;
            if (key.SequenceCompareTo(until) >= 0 || !visitor(key, walk.Value)) break;
        }

        walk.ThrowIfFailed();
    }

    public LogIndex Applied => IndexOf(database.Get(family, AppliedRow));
    public LogIndex DurableApplied => IndexOf(database.GetPersisted(family, AppliedRow));

    public void Write(StateBatch changes, LogIndex applied)
    {
        using var batch = new RocksBatch();
        changes.CopyTo(batch, family);
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(value, applied.Value);
        batch.Put(family, AppliedRow, value);
        cache.Begin(changes.Changes);
        database.Write(batch, RocksDurability.WithoutLog);
        cache.End(changes.Changes);
    }

    public long RowsEstimate => database.RowsEstimate(family);
    public void Flush() => database.Flush(family);

    private static LogIndex IndexOf(byte[]? value) => value is null ? LogIndex.Zero : new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(value));
}

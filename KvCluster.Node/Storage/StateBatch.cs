using KvCluster.Core.State;
using KvCluster.Node.Storage.Native;

namespace KvCluster.Node.Storage;

/// <summary>Changes of the state that are not visible yet, laid over what is.</summary>
internal sealed class StateBatch : IStateBatch
{
    private readonly IStateReader _below;
    private readonly Dictionary<byte[], byte[]?> _changes = new(RowComparer.Instance);
    private readonly Dictionary<byte[], byte[]?>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    public StateBatch(IStateReader below)
    {
        _below = below;
        _lookup = _changes.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>Rows with their new value, or nothing when they go.</summary>
    public IReadOnlyDictionary<byte[], byte[]?> Changes => _changes;

    public void Put(ReadOnlySpan<byte> row, ReadOnlySpan<byte> value) => _lookup[row] = value.ToArray();
    public void Delete(ReadOnlySpan<byte> row) => _lookup[row] = null;

    public int Read(ReadOnlySpan<byte> row, Span<byte> destination)
    {
        if (!_lookup.TryGetValue(row, out var changed)) return _below.Read(row, destination);
        if (changed is null) return -1;
        changed.AsSpan(0, Math.Min(changed.Length, destination.Length)).CopyTo(destination);
        return changed.Length;
    }

    public byte[]? Get(ReadOnlySpan<byte> row) => _lookup.TryGetValue(row, out var changed) ? changed : _below.Get(row);

    public IReadOnlyList<KeyValuePair<byte[], byte[]>> Scan(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until, int limit)
    {
        var merged = new SortedDictionary<byte[], byte[]>(Comparer<byte[]>.Create((left, right) => left.AsSpan().SequenceCompareTo(right)));
        foreach (var (row, value) in _changes)
            if (value is not null && row.AsSpan().SequenceCompareTo(from) >= 0 && row.AsSpan().SequenceCompareTo(until) < 0) merged[row] = value;

        // As many rows more as were deleted above them may be needed.
        foreach (var (row, value) in _below.Scan(from, until, limit + _changes.Count))
            if (!_changes.ContainsKey(row)) merged[row] = value;
        return [.. merged.Take(limit)];
    }

    public void CopyTo(RocksBatch batch, nint family)
    {
        foreach (var (row, value) in _changes)
        {
            if (value is null) batch.Delete(family, row);
            else batch.Put(family, row, value);
        }
    }
}

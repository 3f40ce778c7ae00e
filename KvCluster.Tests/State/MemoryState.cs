using KvCluster.Core.State;

namespace KvCluster.Tests.State;

/// <summary>Rows in a sorted map; a batch becomes visible when it is committed.</summary>
internal sealed class MemoryState : IStateReader
{
    private readonly SortedDictionary<byte[], byte[]> _rows = new(RowOrder.Instance);

    public int Count => _rows.Count;

    public int Read(ReadOnlySpan<byte> row, Span<byte> destination) => MemoryBatch.CopyTo(Get(row), destination);
    public byte[]? Get(ReadOnlySpan<byte> row) => _rows.GetValueOrDefault(row.ToArray());

    public IReadOnlyList<KeyValuePair<byte[], byte[]>> Scan(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until, int limit)
    {
        var (first, end) = (from.ToArray(), until.ToArray());
        return [.. _rows.Where(row => RowOrder.Instance.Compare(row.Key, first) >= 0 && RowOrder.Instance.Compare(row.Key, end) < 0).Take(limit)];
    }

    public MemoryBatch Begin() => new(this);

    public void Commit(MemoryBatch batch)
    {
        foreach (var (row, value) in batch.Changes)
        {
            if (value is null) _rows.Remove(row);
            else _rows[row] = value;
        }
    }
}

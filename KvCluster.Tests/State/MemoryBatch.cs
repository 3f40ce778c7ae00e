using KvCluster.Core.State;

namespace KvCluster.Tests.State;

/// <summary>Changes on top of a <see cref="MemoryState"/>, seen only through the batch itself.</summary>
internal sealed class MemoryBatch(MemoryState below) : IStateBatch
{
    public SortedDictionary<byte[], byte[]?> Changes { get; } = new(RowOrder.Instance);

    public void Put(ReadOnlySpan<byte> row, ReadOnlySpan<byte> value) => Changes[row.ToArray()] = value.ToArray();
    public void Delete(ReadOnlySpan<byte> row) => Changes[row.ToArray()] = null;
    public byte[]? Get(ReadOnlySpan<byte> row) => Changes.TryGetValue(row.ToArray(), out var value) ? value : below.Get(row);
    public int Read(ReadOnlySpan<byte> row, Span<byte> destination) => CopyTo(Get(row), destination);

    public IReadOnlyList<KeyValuePair<byte[], byte[]>> Scan(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until, int limit)
    {
        var (first, end) = (from.ToArray(), until.ToArray());
        var merged = new SortedDictionary<byte[], byte[]>(RowOrder.Instance);
        foreach (var (row, value) in below.Scan(from, until, int.MaxValue)) merged[row] = value;
        foreach (var (row, value) in Changes)
        {
            if (RowOrder.Instance.Compare(row, first) < 0 || RowOrder.Instance.Compare(row, end) >= 0) continue;
            if (value is null) merged.Remove(row);
            else merged[row] = value;
        }

        return [.. merged.Take(limit)];
    }

    internal static int CopyTo(byte[]? value, Span<byte> destination)
    {
        value.AsSpan(0, Math.Min(value?.Length ?? 0, destination.Length)).CopyTo(destination);
        return value?.Length ?? -1;
    }
}

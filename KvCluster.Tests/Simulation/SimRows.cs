using KvCluster.Core.State;

namespace KvCluster.Tests.Simulation;

/// <summary>The rows of an applied state, in the order of their keys. A batch writes straight through: nobody looks while it is written.</summary>
internal sealed class SimRows : IStateBatch
{
    private readonly List<KeyValuePair<byte[], byte[]>> _rows;

    public SimRows() => _rows = [];
    private SimRows(SimRows other) => _rows = [.. other._rows];

    public int Count => _rows.Count;

    public SimRows Copy() => new(this);

    public SimRows CopyWithout(byte prefix)
    {
        var copy = new SimRows(this);
        copy._rows.RemoveAll(row => row.Key[0] == prefix);
        return copy;
    }

    public int Read(ReadOnlySpan<byte> row, Span<byte> destination)
    {
        if (!TryFind(row, out var place)) return -1;
        var value = _rows[place].Value;
        value.AsSpan(0, Math.Min(value.Length, destination.Length)).CopyTo(destination);
        return value.Length;
    }

    public byte[]? Get(ReadOnlySpan<byte> row) => TryFind(row, out var place) ? _rows[place].Value : null;

    public IReadOnlyList<KeyValuePair<byte[], byte[]>> Scan(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until, int limit)
    {
        TryFind(from, out var place);
        var found = new List<KeyValuePair<byte[], byte[]>>();
        for (; place < _rows.Count && found.Count < limit && _rows[place].Key.AsSpan().SequenceCompareTo(until) < 0; place++) found.Add(_rows[place]);
        return found;
    }

    public void Put(ReadOnlySpan<byte> row, ReadOnlySpan<byte> value)
    {
        if (TryFind(row, out var place)) _rows[place] = new(_rows[place].Key, value.ToArray());
        else _rows.Insert(place, new(row.ToArray(), value.ToArray()));
    }

    public void Delete(ReadOnlySpan<byte> row)
    {
        if (TryFind(row, out var place)) _rows.RemoveAt(place);
    }

    /// <summary>Nothing when both are the same byte by byte, else the first row that differs.</summary>
    public string? DifferenceTo(SimRows other)
    {
        for (var i = 0; i < Math.Max(_rows.Count, other._rows.Count); i++)
        {
            if (i >= _rows.Count) return $"only the other has row {Convert.ToHexString(other._rows[i].Key)}";
            if (i >= other._rows.Count) return $"the other lacks row {Convert.ToHexString(_rows[i].Key)}";
            if (!_rows[i].Key.AsSpan().SequenceEqual(other._rows[i].Key))
                return $"row {i} is {Convert.ToHexString(_rows[i].Key)} here and {Convert.ToHexString(other._rows[i].Key)} there";
            if (!_rows[i].Value.AsSpan().SequenceEqual(other._rows[i].Value)) return $"row {Convert.ToHexString(_rows[i].Key)} has another value";
        }

        return null;
    }

    public KeyValuePair<byte[], byte[]> this[int place] => _rows[place];

    private bool TryFind(ReadOnlySpan<byte> row, out int place)
    {
        var (low, high) = (0, _rows.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = _rows[middle].Key.AsSpan().SequenceCompareTo(row);
            if (order == 0)
            {
                place = middle;
                return true;
            }

            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        place = low;
        return false;
    }
}

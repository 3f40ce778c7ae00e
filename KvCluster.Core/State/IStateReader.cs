namespace KvCluster.Core.State;

/// <summary>Rows of the applied state, ordered by the bytes of their keys.</summary>
public interface IStateReader
{
    /// <summary>Copies the row's first bytes into <paramref name="destination"/>.</summary>
    /// <returns>The row's whole length in bytes, or -1 when there is no such row.</returns>
    int Read(ReadOnlySpan<byte> row, Span<byte> destination);

    /// <summary>The whole row, or nothing.</summary>
    byte[]? Get(ReadOnlySpan<byte> row);

    /// <summary>Rows with from &lt;= row &lt; until in order, at most <paramref name="limit"/> of them.</summary>
    IReadOnlyList<KeyValuePair<byte[], byte[]>> Scan(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until, int limit);

    /// <summary>
    /// Shows rows with from &lt;= row &lt; until in order until the visitor has enough. What is not looked at is not copied, so that a
    /// listing may pass over large values.
    /// </summary>
    /// <remarks>This form pages through the other scan; a storage that can show rows in place does.</remarks>
    void Scan(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until, RowVisitor visitor)
    {
        const int pageRows = 32;
        var next = from.ToArray();
        while (true)
        {
            var page = Scan(next, until, pageRows);
            foreach (var (row, value) in page)
                if (!visitor(row, value)) return;
            if (page.Count < pageRows) return;
            next = StateRange.After(page[^1].Key);
        }
    }
}

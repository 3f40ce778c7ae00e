using KvCluster.Protocol.Identity;

namespace KvCluster.Core.State;

/// <summary>What is there before a write, known from the row's header alone.</summary>
/// <param name="RowBytes">Whole length of the data row; -1 when there is none.</param>
/// <param name="IsVisible">False also for a row that has expired or is garbage of an earlier stay of the slot.</param>
internal readonly record struct CurrentValue(int RowBytes, ValueHeader Header, bool IsVisible)
{
    public bool HasRow => RowBytes >= 0;
    public Revision Revision => IsVisible ? Header.Revision : Revision.None;
    public long ExpiresAt => IsVisible ? Header.ExpiresAt : 0;
    public int ValueBytes => RowBytes - Header.Bytes;

    public static CurrentValue Read(IStateReader reader, ReadOnlySpan<byte> row, long generation, Revision now)
    {
        Span<byte> head = stackalloc byte[ValueRow.FixedBytes];
        var length = reader.Read(row, head);
        if (length < 0) return new CurrentValue(length, default, false);
        var header = ValueRow.ReadHeader(head);
        return new CurrentValue(length, header, header.IsVisible(generation, now));
    }
}

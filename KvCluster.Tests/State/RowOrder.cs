namespace KvCluster.Tests.State;

/// <summary>The order of rows: by their bytes.</summary>
internal sealed class RowOrder : IComparer<byte[]>
{
    public static readonly RowOrder Instance = new();

    public int Compare(byte[]? left, byte[]? right) => left.AsSpan().SequenceCompareTo(right);
}

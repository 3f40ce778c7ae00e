using System.IO.Hashing;

namespace KvCluster.Node.Storage;

/// <summary>Rows compared by their bytes; a span can be looked up without a copy.</summary>
internal sealed class RowComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
{
    public static readonly RowComparer Instance = new();

    // Clients choose the keys; they shall not choose who collides.
    private static readonly long Seed = Random.Shared.NextInt64();

    public bool Equals(byte[]? left, byte[]? right) => left.AsSpan().SequenceEqual(right);
    public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);
    public int GetHashCode(byte[] row) => GetHashCode(row.AsSpan());

    public int GetHashCode(ReadOnlySpan<byte> row) => (int)XxHash3.HashToUInt64(row, Seed);

    public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
}

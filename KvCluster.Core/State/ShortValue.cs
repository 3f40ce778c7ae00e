namespace KvCluster.Core.State;

/// <summary>A key's value in memory that the reader brought along; nothing when there is no such key.</summary>
/// <param name="isThere">The key is there.</param>
/// <param name="contentType">As it is stored: empty for plain bytes.</param>
/// <param name="bytes">The value.</param>
public readonly ref struct ShortValue(bool isThere, ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> bytes)
{
    public bool IsThere { get; } = isThere;
    public ReadOnlySpan<byte> ContentType { get; } = contentType;
    public ReadOnlySpan<byte> Bytes { get; } = bytes;
}

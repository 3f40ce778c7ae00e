using KvCluster.Core.State;

namespace KvCluster.Core.Steps;

/// <summary>A key's whole row as a step found it.</summary>
internal readonly record struct FoundValue(byte[]? Row, CurrentValue Current)
{
    public bool IsVisible => Current.IsVisible;
    public ReadOnlySpan<byte> ContentType => IsVisible ? Row.AsSpan(ValueRow.FixedBytes, Current.Header.ContentTypeLength) : default;
    public ReadOnlyMemory<byte> Bytes => IsVisible ? Row.AsMemory(Current.Header.Bytes) : default;
    public bool IsHash => IsVisible && ContentType.SequenceEqual(HashBody.ContentType);
}

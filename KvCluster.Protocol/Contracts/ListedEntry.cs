using KvCluster.Protocol.Identity;

namespace KvCluster.Protocol.Contracts;

/// <summary>One key of a listing. <see cref="Key"/> when the key is valid UTF-8, else <see cref="KeyBase64"/>; likewise the value.</summary>
public sealed record ListedEntry
{
    public string? Key { get; init; }
    public byte[]? KeyBase64 { get; init; }
    public required Revision Revision { get; init; }
    public string? ContentType { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>Present with <c>values=true</c>.</summary>
    public string? Value { get; init; }
    public byte[]? ValueBase64 { get; init; }
}

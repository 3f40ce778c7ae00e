using System.Text;
using KvCluster.Protocol.Identity;

namespace KvCluster.Client;

/// <summary>One key of a listing.</summary>
public sealed class KvEntry
{
    public required KvKey Key { get; init; }
    public required Revision Revision { get; init; }
    public string ContentType { get; init; } = "";
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The bytes as stored; empty when the listing is one of keys only.</summary>
    public ReadOnlyMemory<byte> Value { get; init; }

    public string Text => Encoding.UTF8.GetString(Value.Span);
}

using System.Text;
using KvCluster.Protocol.Identity;

namespace KvCluster.Client;

/// <summary>What became of one operation of a batch.</summary>
public sealed class KvBatchResult
{
    public required KvStatus Status { get; init; }
    public bool Succeeded => Status is KvStatus.Found or KvStatus.Created or KvStatus.Updated or KvStatus.Deleted;

    /// <summary>The value that was read.</summary>
    public ReadOnlyMemory<byte> Value { get; init; }

    public string ContentType { get; init; } = "";
    public Revision Revision { get; init; }

    /// <summary>The counter after an increment.</summary>
    public long Number { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>How many durable copies a write had when it was acknowledged.</summary>
    public int Copies { get; init; }

    /// <summary>Why the operation failed; none unless it did.</summary>
    public KvClusterException? Error { get; init; }

    public string Text => Encoding.UTF8.GetString(Value.Span);
}

namespace KvCluster.Core.Commands;

/// <summary>Stores a value whole.</summary>
public sealed record PutCommand : Command
{
    public required ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>Media type, at most 255 ASCII bytes; empty means <c>application/octet-stream</c>.</summary>
    public string ContentType { get; init; } = "";
    public Expiry Expiry { get; init; }
}

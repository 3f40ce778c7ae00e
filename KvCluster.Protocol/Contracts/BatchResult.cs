using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;

namespace KvCluster.Protocol.Contracts;

/// <summary>What became of one operation: the status and fields that the single request would have had.</summary>
public sealed record BatchResult
{
    public required int Status { get; init; }
    public Revision? Revision { get; init; }
    public string? ContentType { get; init; }
    public string? Value { get; init; }
    public byte[]? ValueBase64 { get; init; }
    public long? Number { get; init; }
    public long? ExpiresAt { get; init; }
    public int? Copies { get; init; }
    public KvProblem? Problem { get; init; }
}

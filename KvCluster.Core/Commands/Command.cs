using KvCluster.Protocol.Requests;

namespace KvCluster.Core.Commands;

/// <summary>A write as a client meant it. Both servers of a node compute the same result from it when they apply the entry.</summary>
public abstract record Command
{
    public required ReadOnlyMemory<byte> Key { get; init; }
    public Condition Condition { get; init; }
    public RequestId RequestId { get; init; }
}

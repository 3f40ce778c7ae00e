using KvCluster.Client.Topology;
using KvCluster.Protocol.Requests;

namespace KvCluster.Client.Batching;

/// <summary>One operation on its way through a batch.</summary>
internal sealed class BatchItem(KvBatchOperation operation, int place)
{
    public KvBatchOperation Operation { get; } = operation;

    /// <summary>Where its result belongs.</summary>
    public int Place { get; } = place;

    public RouteKey RouteKey { get; } = RouteKey.Of(operation.Key);
    public RequestId Id { get; set; }
    public bool IsInDoubt { get; set; }
    public int Restamps { get; set; }

    /// <summary>What it takes in a request, about.</summary>
    public int Size => Operation.Key.Span.Length + (Operation.Value?.Length ?? 0) + 160;
}

using KvCluster.Benchmarks.Wire;

namespace KvCluster.Benchmarks.Load;

/// <summary>Endless operations on uniformly drawn keys; the same seed draws the same ones.</summary>
internal sealed class RandomOperations(Workload workload, ulong seed) : IOperationSource
{
    private SplitMix _random = new(seed);

    public bool TryNext(out Operation operation)
    {
        var isRead = _random.Fraction() < workload.ReadShare;
        operation = new Operation(isRead ? OperationKind.Get : OperationKind.Put, _random.Below(workload.Keys));
        return true;
    }
}

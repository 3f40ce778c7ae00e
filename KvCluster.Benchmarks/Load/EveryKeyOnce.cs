using KvCluster.Benchmarks.Wire;

namespace KvCluster.Benchmarks.Load;

/// <summary>Puts each key of a part of the key space once, in order.</summary>
internal sealed class EveryKeyOnce(int first, int end) : IOperationSource
{
    private int _next = first;

    public bool TryNext(out Operation operation)
    {
        operation = new Operation(OperationKind.Put, _next);
        return _next++ < end;
    }
}

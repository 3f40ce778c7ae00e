using KvCluster.Benchmarks.Wire;

namespace KvCluster.Benchmarks.Load;

/// <summary>Says what is asked next; one for each thread.</summary>
internal interface IOperationSource
{
    /// <returns>False when there is nothing left to ask.</returns>
    bool TryNext(out Operation operation);
}

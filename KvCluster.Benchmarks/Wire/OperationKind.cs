namespace KvCluster.Benchmarks.Wire;

/// <summary>What a request does to its key.</summary>
internal enum OperationKind
{
    Get,
    Put,
}

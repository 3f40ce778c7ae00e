namespace KvCluster.Benchmarks.Commands;

/// <summary>Which operations a run makes.</summary>
internal enum OperationMix
{
    Get,
    Put,

    /// <summary>Both, in the given shares.</summary>
    Mix,
}

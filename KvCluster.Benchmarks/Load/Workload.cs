namespace KvCluster.Benchmarks.Load;

/// <summary>Which operations, on which keys, with which values.</summary>
internal sealed record Workload
{
    /// <summary>Share of reads among the operations, from 0 (all writes) to 1.</summary>
    public double ReadShare { get; init; } = 1;

    /// <summary>Keys are drawn uniformly from so many.</summary>
    public int Keys { get; init; } = 1_000_000;

    public int ValueBytes { get; init; } = 100;
}

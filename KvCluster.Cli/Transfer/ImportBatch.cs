using KvCluster.Client;

namespace KvCluster.Cli.Transfer;

/// <summary>Records on their way to a worker.</summary>
internal sealed class ImportBatch
{
    public List<KvBatchOperation> Operations { get; } = [];

    /// <summary>What the lines of the records took in the input.</summary>
    public long Bytes { get; set; }
}

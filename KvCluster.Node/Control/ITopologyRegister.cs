using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>One small document that changes only by compare-and-set on its version.</summary>
public interface ITopologyRegister
{
    /// <summary>The newest document; nothing before the first was written.</summary>
    Task<ClusterTopology?> ReadAsync(CancellationToken cancellation);

    /// <summary>
    /// Makes <paramref name="document"/> the newest if <paramref name="expectedVersion"/> (zero: none) still is. Its version must be one higher.
    /// </summary>
    Task<CompareAndSetResult> CompareAndSetAsync(long expectedVersion, ClusterTopology document, CancellationToken cancellation);
}

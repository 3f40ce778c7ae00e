using KvCluster.Benchmarks.Cluster;
using KvCluster.Protocol.Topology;

namespace KvCluster.Benchmarks.Recovery;

/// <summary>What is done to a node while programs write to it.</summary>
internal interface IDisturbance
{
    string Name { get; }

    /// <summary>Returns once it is done, whatever the cluster makes of it.</summary>
    /// <param name="node">The node as the topology has it now.</param>
    /// <param name="state">The processes as they run now.</param>
    Task DisturbAsync(NodeInfo node, ClusterState state, CancellationToken cancellation);
}

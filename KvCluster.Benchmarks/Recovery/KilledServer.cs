using KvCluster.Benchmarks.Cluster;
using KvCluster.Benchmarks.Sockets;
using KvCluster.Protocol.Topology;

namespace KvCluster.Benchmarks.Recovery;

/// <summary>kill -9 of a server of the node. The AppHost starts it again.</summary>
internal sealed class KilledServer(bool isMain) : IDisturbance
{
    public string Name => isMain ? "kill -9 of the main" : "kill -9 of the replica";

    public Task DisturbAsync(NodeInfo node, ClusterState state, CancellationToken cancellation)
    {
        LinuxCalls.Signal(state.ProcessOf((isMain ? node.MainServer : node.ReplicaServer!).Name), Signals.Kill);
        return Task.CompletedTask;
    }
}

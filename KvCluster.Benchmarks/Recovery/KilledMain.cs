using KvCluster.Benchmarks.Cluster;
using KvCluster.Benchmarks.Sockets;
using KvCluster.Protocol.Topology;

namespace KvCluster.Benchmarks.Recovery;

/// <summary>kill -9 of the node's main. The AppHost starts it again.</summary>
internal sealed class KilledMain : IDisturbance
{
    private const int KillSignal = 9;

    public string Name => "kill -9 of the main";

    public Task DisturbAsync(NodeInfo node, ClusterState state, CancellationToken cancellation)
    {
        LinuxCalls.Signal(state.ProcessOf(node.MainServer.Name), KillSignal);
        return Task.CompletedTask;
    }
}

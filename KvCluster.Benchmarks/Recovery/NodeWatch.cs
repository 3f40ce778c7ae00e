using System.Diagnostics;
using KvCluster.Benchmarks.Cluster;
using KvCluster.Protocol.Topology;

namespace KvCluster.Benchmarks.Recovery;

/// <summary>Waits for states of a node.</summary>
internal sealed class NodeWatch(ClusterUnderTest cluster)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns when both servers of the cluster's last node run and are in sync: then the node can lose one.</summary>
    /// <param name="after">A configuration that the node must have left behind; none for any.</param>
    public async Task<(NodeInfo Node, ClusterState State)> WaitUntilProtectedAsync(NodeInfo? after, CancellationToken cancellation)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < Patience)
        {
            if (await TryReadAsync(cancellation) is var (node, state) && IsProtected(node, state) && node.Epoch != after?.Epoch)
                return (node, state);
            await Task.Delay(Interval, cancellation);
        }

        throw new BenchmarkException($"The node was not fully protected again within {Patience.TotalSeconds} s.");
    }

    /// <summary>Returns when every node is as <see cref="WaitUntilProtectedAsync"/> wants the last one, and the topology's voters are complete.</summary>
    public async Task<(ClusterTopology Topology, ClusterState State)> WaitUntilWholeAsync(CancellationToken cancellation)
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < Patience)
        {
            if (await TryReadTopologyAsync(cancellation) is var (topology, state) && topology.Nodes.All(node => IsProtected(node, state)) && HasItsVoters(topology)) return (topology, state);
            await Task.Delay(Interval, cancellation);
        }

        throw new BenchmarkException($"The cluster was not whole again within {Patience.TotalSeconds} s.");
    }

    private static bool HasItsVoters(ClusterTopology topology) =>
        topology.Voters.Length == Math.Min(topology.Settings.VotersMax, topology.Servers.Count())
        && topology.Voters.All(voter => topology.FindServer(voter.Server)?.VoterId == voter.VoterId);

    private static bool IsProtected(NodeInfo node, ClusterState state) =>
        node.InSync.Length == 2 && node.Servers.All(server => state.Servers.Any(entry => entry.Name == server.Name && entry.Pid is not null));

    private async Task<(NodeInfo Node, ClusterState State)?> TryReadAsync(CancellationToken cancellation) =>
        await TryReadTopologyAsync(cancellation) is var (topology, state) ? (topology.Nodes[^1], state) : null;

    private async Task<(ClusterTopology Topology, ClusterState State)?> TryReadTopologyAsync(CancellationToken cancellation)
    {
        var state = await cluster.StateAsync(cancellation);
        foreach (var server in state.Servers.Where(server => server.Pid is not null))
        {
            try
            {
                return (await ClusterTarget.ReadTopologyAsync(server.Url, cancellation), state);
            }
            catch (BenchmarkException)
            {
                // Starting or gone; another one knows it too.
            }
        }

        return null;
    }
}

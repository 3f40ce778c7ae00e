using KvCluster.Core.Master;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Control;

/// <summary>Takes servers out of the cluster: first their votes go to others, then they do, so that the register never waits for somebody who has left.</summary>
internal sealed class Removal(Master master, TopologyHolder holder, Sight sight)
{
    // The care for the voters may choose a leaving one anew between the two changes.
    private const int AttemptsMax = 4;

    // Who is to vote from now on must be ready now.
    private static readonly TimeSpan SightMax = TimeSpan.FromMilliseconds(AutomaticChanges.GraceMilliseconds);

    public Task<TopologyDecision> RemoveNodeAsync(NodeId id, bool force, CancellationToken cancellation) => RemoveAsync(
        topology => ClusterChanges.RemoveNode(topology, id, force),
        topology => topology.Find(id) is { } node ? [.. node.Servers.Select(server => server.Id)] : [],
        cancellation);

    public Task<TopologyDecision> RemoveServerAsync(ServerId id, CancellationToken cancellation) =>
        RemoveAsync(topology => ClusterChanges.RemoveServer(topology, id), _ => [id], cancellation);

    private async Task<TopologyDecision> RemoveAsync(Func<ClusterTopology, TopologyDecision> rule, Func<ClusterTopology, ServerId[]> leaving, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var decision = await master.DecideAsync(Guid.NewGuid(), rule, cancellation);
            if (decision.Code != ProblemCode.VoterNeeded || attempt == AttemptsMax) return decision;
            var seen = new RememberedSight(IsInSight);
            var moved = await master.DecideAsync(Guid.NewGuid(), topology => ClusterChanges.MoveVotes(topology, leaving(topology), seen.IsInSight), cancellation);
            if (moved.IsRefused) return moved;
        }
    }

    private bool IsInSight(ServerId server) => server == holder.Self || sight.IsInSight(server, SightMax);
}

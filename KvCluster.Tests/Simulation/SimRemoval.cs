using KvCluster.Core.Master;
using KvCluster.Core.Replication;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Simulation;

/// <summary>An operator takes a server out, at the master: first its vote goes to another, then it does. The counterpart of <c>Removal</c>.</summary>
internal sealed class SimRemoval(SimOffice office, SimWorld world)
{
    private const int AttemptsMax = 4;

    public void Remove(ServerId id, int attempt = 1) => office.Decide(world.Random.NextGuid(), topology => Rule(topology, id), decision =>
    {
        if (decision.Code != ProblemCode.VoterNeeded || attempt == AttemptsMax) return;
        office.Decide(world.Random.NextGuid(), topology => ClusterChanges.MoveVotes(topology, [id], world.IsUp), moved =>
        {
            if (moved.IsRefused) return;
            world.Sightings.Note(Sighting.VoteMovedBeforeRemoval);
            Remove(id, attempt + 1);
        });
    });

    private TopologyDecision Rule(ClusterTopology topology, ServerId id)
    {
        var decision = ClusterChanges.RemoveServer(topology, id);
        if (world.Has(PlantedBugs.RemovalTakesTheVote) && decision.Code == ProblemCode.VoterNeeded)
            decision = new TopologyDecision(ClusterChanges.RemoveServer(topology with { Voters = [] }, id).Next! with { Voters = topology.Voters });
        if (world.Has(PlantedBugs.RemovalKeepsEpoch) && decision.Next is { } next && topology.NodeOf(id) is { } node && next.Find(node.Id) is { } left)
            decision = new TopologyDecision(next.With(left with { Epoch = node.Epoch }));
        return decision;
    }
}

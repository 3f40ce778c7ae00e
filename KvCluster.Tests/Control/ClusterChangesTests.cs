using CsCheck;
using KvCluster.Core.Master;
using KvCluster.Core.Register;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Control;

public sealed class ClusterChangesTests
{
    [Fact]
    public void SetWriteMode_AnotherMode_ChangesTheSettingAlone()
    {
        var topology = Registrations.Pair();

        var next = ClusterChanges.SetWriteMode(topology, WriteMode.Strict).Next!;

        Assert.Equal(WriteMode.Strict, next.Settings.WriteMode);
        Assert.Equal(topology.Nodes, next.Nodes);
    }

    [Fact]
    public void SetWriteMode_TheSameMode_ChangesNothing()
    {
        var topology = Registrations.Pair();
        Assert.Same(topology, ClusterChanges.SetWriteMode(topology, WriteMode.InSync).Next);
    }

    [Fact]
    public void RemoveNode_WithoutSlots_TakesItOut()
    {
        var topology = Registrations.Pair().Granted(Registrations.Of(3, "b", PreferredRole.Main));

        var next = ClusterChanges.RemoveNode(topology, topology.Nodes[1].Id).Next!.Stamp(topology, Guid.NewGuid());

        Assert.Equal("a", Assert.Single(next.Nodes).Name);
        TopologyShape.AssertSound(next);
        TopologyShape.AssertStep(topology, next);
    }

    [Fact]
    public void RemoveNode_ThatHoldsSlots_IsRefused()
    {
        var topology = Registrations.Bootstrap(initialNodes: 2).Granted(Registrations.Of(3, "b", PreferredRole.Main));
        Assert.Equal(ProblemCode.NodeHasSlots, ClusterChanges.RemoveNode(topology, topology.Nodes[1].Id).Code);
    }

    [Fact]
    public void RemoveNode_ByForce_GivesItsSlotsToTheOthers()
    {
        var topology = Registrations.Bootstrap(initialNodes: 2).Granted(Registrations.Of(3, "b", PreferredRole.Main));
        var next = ClusterChanges.RemoveNode(topology, topology.Nodes[1].Id, force: true).Next!.Stamp(topology, Guid.NewGuid());
        Assert.True(next.AllSlotsAssigned);
        Assert.True(next.Nodes[0].SlotEpoch > topology.Nodes[0].SlotEpoch);
        TopologyShape.AssertSound(next);
    }

    [Fact]
    public void RemoveServer_ReplicaInSync_LeavesItsMainAloneInANewEpoch()
    {
        var topology = Registrations.Pair();
        var node = topology.Nodes[0];
        var next = ClusterChanges.RemoveServer(topology, node.ReplicaServer!.Id).Next!.Stamp(topology, Guid.NewGuid());
        Assert.Equal((node.Main, node.Epoch.Next), (Assert.Single(next.Nodes[0].InSync), next.Nodes[0].Epoch));
        Assert.Single(next.Nodes[0].Servers);
        TopologyShape.AssertSound(next);
    }

    [Fact]
    public void RemoveServer_MainOrUnknown_IsRefused()
    {
        var topology = Registrations.Pair();
        Assert.Equal(ProblemCode.TopologyConflict, ClusterChanges.RemoveServer(topology, topology.Nodes[0].Main).Code);
        Assert.Equal(ProblemCode.NodeUnknown, ClusterChanges.RemoveServer(topology, new ServerId(99)).Code);
    }

    [Fact]
    public void RemoveNode_OfTheMaster_IsRefused()
    {
        var topology = Registrations.Bootstrap(initialNodes: 2).Granted(Registrations.Of(3, "b", PreferredRole.Main));
        Assert.Equal(ProblemCode.TopologyConflict, ClusterChanges.RemoveNode(topology, topology.Nodes[0].Id, force: true).Code);
    }

    [Fact]
    public void ForcePromotion_OfTheServerThatIsLeft_BeginsANewLineage()
    {
        var (topology, node) = Alone();
        var left = node.ReplicaServer!.Id;
        var next = ClusterChanges.ForcePromotion(topology, node.Id, left, node.Epoch, _ => false).Next!.Stamp(topology, Guid.NewGuid());
        Assert.Equal((left, node.Epoch.Next, node.Lineage + 1), (next.Nodes[0].Main, next.Nodes[0].Epoch, next.Nodes[0].Lineage));
        Assert.Equal(left, Assert.Single(next.Nodes[0].InSync));
        TopologyShape.AssertSound(next);
    }

    [Fact]
    public void ForcePromotion_WhileTheMainLives_IsRefused()
    {
        var (topology, node) = Alone();
        Assert.Equal(ProblemCode.TopologyConflict, ClusterChanges.ForcePromotion(topology, node.Id, node.ReplicaServer!.Id, node.Epoch, server => server == node.Main).Code);
    }

    [Fact]
    public void ForcePromotion_InAnotherEpoch_OfAMemberInSync_OrOfAStranger_IsRefused()
    {
        var (topology, node) = Alone();
        Assert.Equal(ProblemCode.EpochStale, ClusterChanges.ForcePromotion(topology, node.Id, node.ReplicaServer!.Id, node.Epoch.Next, _ => false).Code);
        Assert.Equal(ProblemCode.TopologyConflict, ClusterChanges.ForcePromotion(topology, node.Id, node.Main, node.Epoch, _ => false).Code);
        Assert.Equal(ProblemCode.NodeUnknown, ClusterChanges.ForcePromotion(topology, node.Id, new ServerId(99), node.Epoch, _ => false).Code);
        Assert.Equal(ProblemCode.NodeUnknown, ClusterChanges.ForcePromotion(topology, new NodeId(99), node.Main, node.Epoch, _ => false).Code);
    }

    private static (ClusterTopology Topology, NodeInfo Node) Alone()
    {
        var pair = Registrations.Pair();
        var node = pair.Nodes[0] with { InSync = [pair.Nodes[0].Main] };
        return (pair.With(node), node);
    }

    [Fact]
    public void RemoveNode_Unknown_IsRefused() =>
        Assert.Equal(ProblemCode.NodeUnknown, ClusterChanges.RemoveNode(Registrations.Pair(), new NodeId(99)).Code);

    [Fact]
    public void Remove_OfAVoter_WaitsUntilItsVoteHasGoneToAnother()
    {
        var topology = Voting(2);
        var node = topology.Nodes[1];
        Assert.Equal(ProblemCode.VoterNeeded, ClusterChanges.RemoveNode(topology, node.Id, force: true).Code);
        Assert.Equal(ProblemCode.VoterNeeded, ClusterChanges.RemoveServer(topology with { Voters = [.. node.Servers.Select(VoteOf)] }, node.Servers[1].Id).Code);

        var moved = ClusterChanges.MoveVotes(topology, [.. node.Servers.Select(server => server.Id)], _ => true).Next!;

        Assert.Equal(topology.Generation + 1, moved.Generation);
        Assert.False(ClusterChanges.RemoveNode(moved, node.Id, force: true).IsRefused);
        Assert.Equal(ProblemCode.VoterNeeded, ClusterChanges.MoveVotes(topology, [.. node.Servers.Select(server => server.Id)], _ => false).Code);
        Assert.Same(moved, ClusterChanges.MoveVotes(moved, [.. node.Servers.Select(server => server.Id)], _ => true).Next);
    }

    // Whatever is taken out in whatever order and however often the master looks after the voters between: each of them is a server of the cluster.
    [Fact]
    public void Remove_AnyServersInAnyOrder_TheRegisterKeepsItsVoters()
    {
        var refused = 0;
        Gen.Select(Gen.Int[0, 7], Gen.Bool).Array[1, 12].Sample(steps =>
        {
            var topology = Voting(4);
            foreach (var (number, isLookedAfter) in steps)
            {
                if (isLookedAfter && VoterPlan.Next(topology, _ => true) is { } next) topology = topology with { Generation = topology.Generation + 1, Voters = next };
                if (topology.FindServer(new ServerId(number + 1)) is not { } server) continue;
                var node = topology.NodeOf(server.Id)!;
                TopologyDecision Remove() => node.Main == server.Id ? ClusterChanges.RemoveNode(topology, node.Id, force: true) : ClusterChanges.RemoveServer(topology, server.Id);
                var decision = Remove();
                if (decision.Code == ProblemCode.VoterNeeded)
                {
                    Interlocked.Increment(ref refused);
                    ServerId[] leaving = node.Main == server.Id ? [.. node.Servers.Select(member => member.Id)] : [server.Id];
                    topology = ClusterChanges.MoveVotes(topology, leaving, _ => true).Next!;
                    decision = Remove();
                }

                if (decision.Next is { } left) topology = left;
                Assert.True(topology.Voters.Length is 1 or 3);
                Assert.All(topology.Voters, voter => Assert.Equal(voter.VoterId, topology.FindServer(voter.Server)?.VoterId));
            }
        });
        Assert.True(refused > 0, "No removal met a voter.");
    }

    // Nodes of two servers each, one voter on each of the first nodes.
    private static ClusterTopology Voting(int nodes)
    {
        ClusterTopology? topology = null;
        for (var server = 0; server < nodes * 2; server++)
        {
            var request = Registrations.Of(server + 1, $"n{server / 2}", server % 2 == 0 ? PreferredRole.Main : PreferredRole.Replica) with { VoterId = Guid.NewGuid() };
            topology = topology is null ? Registration.Bootstrap(Registrations.Cluster, new ClusterSettings { InitialNodes = nodes }, request) : topology.Granted(request);
        }

        return topology! with { Generation = topology.Generation + 1, Voters = VoterPlan.Next(topology, _ => true)!.Value };
    }

    private static VoterInfo VoteOf(ServerInfo server) => new(server.Id, server.VoterId!.Value, server.Peer);
}

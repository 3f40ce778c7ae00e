using KvCluster.Core.Master;
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
}

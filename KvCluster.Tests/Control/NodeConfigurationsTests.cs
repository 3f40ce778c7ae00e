using CsCheck;
using KvCluster.Core.Master;
using KvCluster.Core.Register;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Control;

public sealed class NodeConfigurationsTests
{
    private static readonly ServerId Main = new(1);
    private static readonly ServerId Replica = new(2);

    [Fact]
    public void Takeover_ByTheReplicaInSync_MakesItMainAlone()
    {
        var topology = Registrations.Pair();

        var next = topology.Granted(Registrations.Change(topology, ConfigurationChangeKind.Takeover, Replica, Replica, [Replica]));

        TopologyShape.AssertStep(topology, next);
        Assert.Equal((Replica, topology.Nodes[0].Epoch.Next), (next.Nodes[0].Main, next.Nodes[0].Epoch));
    }

    [Fact]
    public void Takeover_ByAReplicaOutOfSync_IsRefused()
    {
        var topology = Shrunk(Registrations.Pair());
        AssertRefused(ProblemCode.TopologyConflict, topology, Registrations.Change(topology, ConfigurationChangeKind.Takeover, Replica, Replica, [Replica]));
    }

    [Fact]
    public void Change_InAnEpochThatIsOver_IsRefused()
    {
        var before = Registrations.Pair();
        var late = Registrations.Change(before, ConfigurationChangeKind.Takeover, Replica, Replica, [Replica]);
        AssertRefused(ProblemCode.EpochStale, Shrunk(before), late);
    }

    [Fact]
    public void Change_ByAnEarlierRun_IsRefused()
    {
        var topology = Registrations.Pair();
        var change = Registrations.Change(topology, ConfigurationChangeKind.Takeover, Replica, Replica, [Replica]);
        var restarted = topology.Granted(Registrations.Of(2, "a", PreferredRole.Replica));
        AssertRefused(ProblemCode.EpochStale, restarted, change);
    }

    [Fact]
    public void Change_OfAnUnknownNode_IsRefused()
    {
        var topology = Registrations.Pair();
        var change = Registrations.Change(topology, ConfigurationChangeKind.Shrink, Main, Main, [Main]) with { Node = new NodeId(99) };
        AssertRefused(ProblemCode.NodeUnknown, topology, change);
    }

    [Fact]
    public void Change_Repeated_ChangesNothing()
    {
        var topology = Registrations.Pair();
        var change = Registrations.Change(topology, ConfigurationChangeKind.Shrink, Main, Main, [Main]);
        var next = topology.Granted(change);
        Assert.Same(next, NodeConfigurations.Change(next, change).Next);
    }

    [Fact]
    public void Shrink_ByTheReplica_IsRefused()
    {
        var topology = Registrations.Pair();
        AssertRefused(ProblemCode.TopologyConflict, topology, Registrations.Change(topology, ConfigurationChangeKind.Shrink, Replica, Main, [Main]));
    }

    [Fact]
    public void Grow_WithARunThatDidNotAgree_IsRefused()
    {
        var topology = Shrunk(Registrations.Pair());
        var change = Registrations.Change(topology, ConfigurationChangeKind.Grow, Main, Main, [Main, Replica]) with { PeerIncarnation = new Incarnation(999) };
        AssertRefused(ProblemCode.TopologyConflict, topology, change);
    }

    [Fact]
    public void Grow_WithAServerOfNoNode_IsRefused()
    {
        var topology = Shrunk(Registrations.Pair());
        AssertRefused(ProblemCode.TopologyConflict, topology, Registrations.Change(topology, ConfigurationChangeKind.Grow, Main, Main, [Main, new ServerId(7)]));
    }

    [Fact]
    public void HandOver_ToTheReplica_KeepsBothInSync()
    {
        var topology = Registrations.Pair();

        var next = topology.Granted(Registrations.Change(topology, ConfigurationChangeKind.HandOver, Replica, Replica, [Replica, Main]));

        TopologyShape.AssertStep(topology, next);
        Assert.Equal(2, next.Nodes[0].InSync.Length);
    }

    [Fact]
    public void Change_AnyRequestAtAll_KeepsTheTopologySound()
    {
        var servers = Gen.Int[0, 3].Select(number => new ServerId(number));
        var request = Gen.Select(
            Gen.Enum<ConfigurationChangeKind>(), servers, servers, servers.Array[0, 3], Gen.Long[-1, 1], Gen.Int[0, 9], Gen.Bool);
        request.Array[1, 30].Sample(requests =>
        {
            var topology = Registrations.Pair();
            foreach (var (kind, by, main, inSync, epochOff, chance, isRestart) in requests)
            {
                var next = isRestart && chance == 0
                    ? topology.Granted(Registrations.Of(1, "a", PreferredRole.Main))
                    : Decide(topology, Registrations.Change(topology, kind, by, main, inSync), chance < 2 ? epochOff : 0);
                if (ReferenceEquals(next, topology)) continue;
                TopologyShape.AssertSound(next);
                TopologyShape.AssertStep(topology, next);
                topology = next;
            }
        }, iter: 2_000);
    }

    private static ClusterTopology Decide(ClusterTopology topology, ConfigurationChange change, long epochOff)
    {
        change = change with { ExpectedEpoch = new Epoch(change.ExpectedEpoch.Value + epochOff) };
        var decision = NodeConfigurations.Change(topology, change);
        if (decision.IsRefused) return topology;
        Assert.Equal(0, epochOff);
        return decision.Next!.Stamp(topology, change.RequestId);
    }

    private static ClusterTopology Shrunk(ClusterTopology topology) =>
        topology.Granted(Registrations.Change(topology, ConfigurationChangeKind.Shrink, Main, Main, [Main]));

    private static void AssertRefused(string code, ClusterTopology topology, ConfigurationChange change)
    {
        var decision = NodeConfigurations.Change(topology, change);
        Assert.True(decision.IsRefused);
        Assert.Equal(code, decision.Code);
    }
}

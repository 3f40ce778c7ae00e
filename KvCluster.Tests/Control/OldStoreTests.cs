using KvCluster.Core.Master;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Control;

/// <summary>A data folder that is an older state of itself, as the cluster sees it.</summary>
public sealed class OldStoreTests
{
    private static readonly ServerId Main = new(1);
    private static readonly ServerId Replica = new(2);

    // The run that the topology names is one that the folder does not remember.
    private static RegistrationRequest Old(int server) => Registrations.Of(server, "a") with { KnownRuns = [Guid.NewGuid()] };

    private static Guid NewestRunOf(ClusterTopology topology, ServerId server) => topology.Nodes[0].Find(server)!.RunId;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Register_OldFolderOfAServerInSync_IsRefused(int server) =>
        Assert.Equal(ProblemCode.StoreOutdated, Registration.Register(Registrations.Pair(), Old(server)).Code);

    [Fact]
    public void Register_OldFolderOfTheOnlyCopy_IsRefusedAndSaysSo()
    {
        var pair = Registrations.Pair();
        var alone = pair.Granted(Registrations.Change(pair, ConfigurationChangeKind.Shrink, Main, Main, [Main]));
        Assert.Equal(ProblemCode.OnlyCopyOutdated, Registration.Register(alone, Old(1)).Code);

        // The learner counts for nothing: whatever it has it gets anew.
        Assert.False(Registration.Register(alone, Old(2)).IsRefused);
    }

    [Fact]
    public void Register_FolderThatRemembersTheNewestRun_IsTaken()
    {
        var topology = Registrations.Pair();
        var lostAttempt = Guid.NewGuid();
        var next = topology.Granted(Registrations.Of(2, "a") with { KnownRuns = [NewestRunOf(topology, Replica), lostAttempt] });
        Assert.NotEqual(NewestRunOf(topology, Replica), NewestRunOf(next, Replica));
    }

    [Fact]
    public void Register_RepeatOfTheNewestRun_IsTaken_HoweverLate()
    {
        var request = Registrations.Of(2, "a") with { KnownRuns = [] };
        var topology = Registrations.Pair();
        topology = topology.Granted(request with { KnownRuns = [NewestRunOf(topology, Replica)] });
        for (var i = 0; i < 70; i++) topology = topology with { Recent = topology.Recent.Add(new RecentChange(topology.Version, Guid.NewGuid())) };
        topology = topology with { Recent = topology.Recent[^64..] };
        Assert.False(Registration.Register(topology, request).IsRefused);
    }

    [Fact]
    public void Yield_ByTheMain_MakesTheReplicaInSyncMainAlone()
    {
        var topology = Registrations.Pair();
        var next = topology.Granted(Registrations.Change(topology, ConfigurationChangeKind.Yield, Main, Replica, [Replica]));
        TopologyShape.AssertStep(topology, next);
        Assert.Equal((Replica, topology.Nodes[0].Epoch.Next), (next.Nodes[0].Main, next.Nodes[0].Epoch));
        Assert.Equal([Replica], next.Nodes[0].InSync);
    }

    [Fact]
    public void Yield_ByTheReplica_OrToALearner_IsRefused()
    {
        var pair = Registrations.Pair();
        var alone = pair.Granted(Registrations.Change(pair, ConfigurationChangeKind.Shrink, Main, Main, [Main]));
        Assert.True(NodeConfigurations.Change(pair, Registrations.Change(pair, ConfigurationChangeKind.Yield, Replica, Replica, [Replica])).IsRefused);
        Assert.True(NodeConfigurations.Change(alone, Registrations.Change(alone, ConfigurationChangeKind.Yield, Main, Replica, [Replica])).IsRefused);
    }

    // Found by the model (docs/spec/README.md): the replica's next run may have another disk, and the request may come late.
    [Fact]
    public void Yield_ToARunThatIsOver_IsRefused()
    {
        var topology = Registrations.Pair();
        var asked = Registrations.Change(topology, ConfigurationChangeKind.Yield, Main, Replica, [Replica]);
        var request = Registrations.Of(2, "a");
        topology = topology.Granted(request with { KnownRuns = [NewestRunOf(topology, Replica)] });

        Assert.Equal(asked.ExpectedEpoch, topology.Nodes[0].Epoch);
        Assert.NotEqual(asked.PeerIncarnation, topology.Nodes[0].Find(Replica)!.Incarnation);
        Assert.True(NodeConfigurations.Change(topology, asked).IsRefused);
    }
}

using CsCheck;
using KvCluster.Core.Master;
using KvCluster.Core.Register;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Control;

public sealed class RegistrationTests
{
    [Fact]
    public void Bootstrap_FirstServer_IsMasterAndMainAndOwnsEverySlot()
    {
        var topology = Registrations.Bootstrap();

        TopologyShape.AssertSound(topology);
        Assert.Equal(1, topology.Version);
        Assert.Equal(topology.Nodes[0].Main, topology.Master);
        Assert.True(topology.AllSlotsAssigned);
    }

    [Fact]
    public void Register_Repeated_ChangesNothing()
    {
        var request = Registrations.Of(2, "a");
        var topology = Registrations.Bootstrap().Granted(request);

        Assert.Same(topology, Registration.Register(topology, request).Next);
    }

    [Fact]
    public void Register_NewRunOfTheMain_GetsANewEpochAndKeepsItsPlace()
    {
        var topology = Registrations.Pair();
        var main = topology.Nodes[0].MainServer;

        var next = topology.Granted(Registrations.Of(1, "a", PreferredRole.Main));

        TopologyShape.AssertStep(topology, next);
        Assert.Equal(topology.Nodes[0].Epoch.Next, next.Nodes[0].Epoch);
        Assert.Equal(main.Id, next.Nodes[0].Main);
        Assert.True(next.Nodes[0].MainServer.Incarnation.Value > main.Incarnation.Value);
    }

    [Fact]
    public void Register_NewRunOfTheReplica_KeepsTheEpoch()
    {
        var topology = Registrations.Pair();

        var next = topology.Granted(Registrations.Of(2, "a", PreferredRole.Replica));

        TopologyShape.AssertStep(topology, next);
        Assert.Equal(topology.Nodes[0].Epoch, next.Nodes[0].Epoch);
    }

    [Fact]
    public void Register_FromAnotherCluster_IsRefused() =>
        AssertRefused(ProblemCode.ClusterMismatch, Registrations.Of(3) with { ClusterId = new ClusterId(Guid.NewGuid()) });

    [Fact]
    public void Register_TakenName_IsRefused() => AssertRefused(ProblemCode.IdentityTaken, Registrations.Of(3) with { Name = "server-1" });

    [Fact]
    public void Register_KnownStoreUnderATakenName_IsRefused() => AssertRefused(ProblemCode.IdentityTaken, Registrations.Of(2) with { Name = "server-1" });

    [Fact]
    public void Register_ThirdServerOfANode_IsRefused() => AssertRefused(ProblemCode.RegistrationInvalid, Registrations.Of(3, "a"));

    [Fact]
    public void Register_ReplicaBeforeItsMain_Waits() => AssertRefused(ProblemCode.RegistrationWaiting, Registrations.Of(3, "b", PreferredRole.Replica));

    [Fact]
    public void Register_NonsenseInTheRequest_IsRefused()
    {
        var sound = Registrations.Of(3);
        AssertRefused(ProblemCode.RegistrationInvalid, sound with { Name = "" });
        AssertRefused(ProblemCode.RegistrationInvalid, sound with { Name = new string('n', 101) });
        AssertRefused(ProblemCode.RegistrationInvalid, sound with { Name = null! });
        AssertRefused(ProblemCode.RegistrationInvalid, sound with { StoreId = default });
        AssertRefused(ProblemCode.RegistrationInvalid, sound with { RunId = Guid.Empty });
        AssertRefused(ProblemCode.RegistrationInvalid, sound with { Http = new Uri("/relative", UriKind.Relative) });
        AssertRefused(ProblemCode.RegistrationInvalid, sound with { Http = new Uri("ftp://10.0.0.1") });
        AssertRefused(ProblemCode.RegistrationInvalid, sound with { Http = null! });
        AssertRefused(ProblemCode.RegistrationInvalid, sound with { Peer = "nowhere" });
        AssertRefused(ProblemCode.RegistrationInvalid, sound with { Peer = "host:port" });
        AssertRefused(ProblemCode.RegistrationInvalid, sound with { Peer = null! });
    }

    [Fact]
    public void Register_EmptyDiskOfAServerInSync_WaitsUntilItIsTakenOut()
    {
        var topology = Registrations.Pair();
        var wiped = Registrations.Of(2, "a", PreferredRole.Replica) with { StoreId = new StoreId(Guid.NewGuid()) };
        Assert.Equal(ProblemCode.IdentityTaken, Registration.Register(topology, wiped).Code);
        var main = topology.Nodes[0].Main;
        var alone = topology.Granted(Registrations.Change(topology, ConfigurationChangeKind.Shrink, main, main, [main]));

        var next = alone.Granted(wiped);

        TopologyShape.AssertSound(next);
        TopologyShape.AssertStep(alone, next);
        Assert.Equal(wiped.StoreId, next.Nodes[0].ReplicaServer!.StoreId);
        Assert.NotEqual(topology.Nodes[0].ReplicaServer!.Id, next.Nodes[0].ReplicaServer!.Id);
    }

    [Fact]
    public void Register_Witness_BelongsToNoNode()
    {
        var topology = Registrations.Bootstrap().Granted(Registrations.Of(9) with { Kind = ServerKind.Witness });

        TopologyShape.AssertSound(topology);
        Assert.Equal("server-9", Assert.Single(topology.Witnesses).Name);
        Assert.Single(topology.Nodes);
    }

    [Fact]
    public void Register_FiftyServersInAnyOrder_FormTheSameShape()
    {
        // Server 1 made the cluster: nodes n0 ... n24, each of two servers. A replica whose main is not there yet asks again, as it does in life.
        var all = Enumerable.Range(2, 49).ToArray();
        Gen.Shuffle(all).Sample(order =>
        {
            var topology = Registration.Bootstrap(Registrations.Cluster, new ClusterSettings { InitialNodes = 25 }, Wanted(1));
            var waiting = new Queue<int>(order);
            for (var tries = 0; waiting.Count > 0 && tries < 5_000; tries++)
            {
                var request = Wanted(waiting.Dequeue());
                var decision = Registration.Register(topology, request);
                if (decision.IsRefused)
                {
                    Assert.Equal(ProblemCode.RegistrationWaiting, decision.Code);
                    waiting.Enqueue(int.Parse(request.Name.AsSpan("server-".Length), System.Globalization.CultureInfo.InvariantCulture));
                    continue;
                }

                var next = decision.Next!.Stamp(topology, request.RunId);
                TopologyShape.AssertStep(topology, next);
                topology = next;
            }

            TopologyShape.AssertSound(topology);
            Assert.True(topology.AllSlotsAssigned);
            Assert.Equal(25, topology.Nodes.Length);
            Assert.All(topology.Nodes, node => Assert.Equal(NamesOf(node.Name), node.Servers.Select(server => server.Name).Order(StringComparer.Ordinal)));
            Assert.All(topology.Nodes, node => Assert.InRange(node.Slots.Sum(range => range.Length), 655, 656));
        }, iter: 50);
    }

    private static RegistrationRequest Wanted(int number) =>
        Registrations.Of(number, $"n{(number - 1) / 2}", number % 2 == 1 ? PreferredRole.Main : PreferredRole.Replica);

    private static IEnumerable<string> NamesOf(string node)
    {
        var number = int.Parse(node.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
        return new[] { $"server-{(2 * number) + 1}", $"server-{(2 * number) + 2}" }.Order(StringComparer.Ordinal);
    }

    private static void AssertRefused(string code, RegistrationRequest request)
    {
        var decision = Registration.Register(Registrations.Pair(), request);
        Assert.True(decision.IsRefused);
        Assert.Equal(code, decision.Code);
        Assert.False(string.IsNullOrEmpty(decision.Detail));
    }

    [Fact]
    public void Register_StoreThatWasTakenOut_IsRefused_UnlessARestoreHasForgottenIt()
    {
        var topology = Registrations.Pair();
        var replica = topology.Nodes[0].ReplicaServer!;
        var left = ClusterChanges.RemoveServer(topology, replica.Id).Next!.Stamp(topology, Guid.NewGuid());
        var back = Registrations.Of(2, "a", PreferredRole.Replica) with { ClusterId = topology.ClusterId };
        Assert.Equal(replica.StoreId, back.StoreId);

        Assert.Equal(ProblemCode.ServerRemoved, Registration.Register(left, back).Code);
        Assert.Equal(ProblemCode.ServerRemoved, Registration.Register(left with { Lineage = 7 }, back with { Lineage = 7 }).Code);

        Assert.Equal(back.StoreId, (left with { Lineage = 7 }).Granted(back).Nodes[0].ReplicaServer!.StoreId);
        Assert.False(Registration.Register(left, back with { ClusterId = ClusterId.None }).IsRefused);
    }

    [Fact]
    public void Register_MainThatARestoreHasForgotten_BeginsAboveWhateverItWrote()
    {
        var topology = Registrations.Pair() with { Lineage = 7 };
        var back = Registrations.Of(3, "b", PreferredRole.Main) with { ClusterId = topology.ClusterId };
        Assert.True(topology.Granted(back).Nodes[1].Epoch.Value > Restoration.EpochLeap);
        Assert.Equal(1, topology.Granted(back with { ClusterId = ClusterId.None }).Nodes[1].Epoch.Value);
    }

    [Fact]
    public void Register_EmptyDiskOfAWitness_TakesTheOldOnesPlaceWithItsNewVote()
    {
        var witness = Registrations.Of(9) with { Kind = ServerKind.Witness, VoterId = Guid.NewGuid() };
        var topology = Registrations.Pair().Granted(witness);
        var wiped = witness with { StoreId = new StoreId(Guid.NewGuid()), VoterId = Guid.NewGuid(), RunId = Guid.NewGuid() };

        var next = topology.Granted(wiped);

        TopologyShape.AssertSound(next);
        var back = Assert.Single(next.Witnesses);
        Assert.Equal((wiped.StoreId, wiped.VoterId), (back.StoreId, back.VoterId));
        Assert.NotEqual(topology.Witnesses[0].Id, back.Id);
        Assert.Equal(ProblemCode.IdentityTaken, Registration.Register(topology, wiped with { Http = new Uri("http://10.9.9.9:1") }).Code);
        Assert.Equal(ProblemCode.IdentityTaken, Registration.Register(topology, wiped with { Kind = ServerKind.Data, Node = "a" }).Code);
    }
}

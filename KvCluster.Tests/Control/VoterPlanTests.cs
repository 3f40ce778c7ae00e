using KvCluster.Core.Master;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Control;

public sealed class VoterPlanTests
{
    [Fact]
    public void Next_OneServer_StaysAlone() => Assert.Null(VoterPlan.Next(Cluster(nodes: 1, servers: 1), _ => true));

    [Fact]
    public void Next_TwoServers_NeverTwoVoters() => Assert.Null(VoterPlan.Next(Cluster(nodes: 1, servers: 2), _ => true));

    [Fact]
    public void Next_NodeWithAWitness_AllThreeVote()
    {
        var topology = Cluster(nodes: 1, servers: 2, witnesses: 1);
        Assert.Equal(topology.Servers.Select(server => server.Id).Order(), Chosen(topology).Order());
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(5, 5)]
    public void Next_ManyNodes_OneVoterEach(int wanted, int expected)
    {
        var topology = Cluster(nodes: 6, servers: 2) with { Settings = new ClusterSettings { VotersMax = wanted } };
        var chosen = Chosen(topology);
        Assert.Equal(expected, chosen.Length);
        Assert.Equal(expected, chosen.Select(id => topology.NodeOf(id)!.Id).Distinct().Count());
        Assert.Contains(topology.Voters[0].Server, chosen);
    }

    // The only voter, and master, loses its store but not the file of its vote: it comes back under another id.
    [Fact]
    public void ExchangedStore_BelowTheOnlyVote_KeepsAMasterPossible()
    {
        var vote = Guid.NewGuid();
        var first = Registration.Bootstrap(Registrations.Cluster, new ClusterSettings { InitialNodes = 1 }, Registrations.Of(1, "a") with { VoterId = vote });
        var pair = first.Granted(Registrations.Of(2, "a") with { VoterId = Guid.NewGuid() });
        var (old, other) = (pair.Nodes[0].Main, pair.Nodes[0].ReplicaServer!.Id);
        var topology = pair.With(pair.Nodes[0] with { Main = other, InSync = [other] })
            .Granted(Registrations.Of(1, "a") with { StoreId = new StoreId(Guid.NewGuid()), VoterId = vote });
        var back = topology.Servers.Single(server => server.VoterId == vote).Id;

        Assert.NotEqual(old, back);
        Assert.True(Succession.IsCandidate(topology, back));
        Assert.False(Succession.IsCandidate(topology, other));
        var mastered = Succession.TakeOver(topology, back, topology.Master).Next!;
        Assert.NotNull(mastered.FindServer(Assert.Single(VoterPlan.Next(mastered, _ => true)!.Value).Server));

        // Nor can it be taken out together with the vote.
        Assert.Equal(ProblemCode.VoterNeeded, ClusterChanges.RemoveServer(topology, back).Code);
        Assert.Equal(other, Assert.Single(ClusterChanges.MoveVotes(topology, [back], _ => true).Next!.Voters).Server);
    }

    [Fact]
    public void Next_RightVoters_AreLeftAlone()
    {
        var topology = Changed(Cluster(nodes: 3, servers: 2));
        Assert.Null(VoterPlan.Next(topology, _ => true));
    }

    [Fact]
    public void Next_VoterOutOfSight_IsReplacedWhereThereIsASpare()
    {
        var topology = Changed(Cluster(nodes: 3, servers: 2));
        var gone = topology.Voters[1].Server;
        var next = VoterPlan.Next(topology, server => server != gone)!.Value;
        Assert.DoesNotContain(gone, next.Select(voter => voter.Server));
        Assert.Equal(3, next.Length);
        Assert.Null(VoterPlan.Next(topology, server => topology.Voters.Any(voter => voter.Server == server) && server != gone));
    }

    [Fact]
    public void Next_VoterWithAnotherFile_GetsItsNewVote()
    {
        var topology = Changed(Cluster(nodes: 1, servers: 2, witnesses: 1));
        var node = topology.Nodes[0];
        var wiped = node.Servers[1] with { VoterId = Guid.NewGuid() };
        topology = topology.With(node with { Servers = node.Servers.SetItem(1, wiped) });
        Assert.Contains(VoterPlan.Next(topology, _ => true)!.Value, voter => voter.VoterId == wiped.VoterId);
    }

    [Fact]
    public void TakeOver_OnlyFromTheMasterThatWasMissed()
    {
        var topology = Cluster(nodes: 3, servers: 2);
        var (first, second, third) = (topology.Master, topology.Nodes[1].Main, topology.Nodes[2].Main);
        var taken = Succession.TakeOver(topology, second, first).Next!;
        Assert.Equal(second, taken.Master);
        Assert.True(Succession.TakeOver(taken, third, first).IsRefused);
        Assert.Same(taken, Succession.TakeOver(taken, second, first).Next);
        Assert.True(Succession.TakeOver(taken, new ServerId(99), second).IsRefused);
    }

    private static ServerId[] Chosen(ClusterTopology topology) => [.. VoterPlan.Next(topology, _ => true)!.Value.Select(voter => voter.Server)];

    private static ClusterTopology Changed(ClusterTopology topology) => topology with { Voters = VoterPlan.Next(topology, _ => true)!.Value };

    private static ClusterTopology Cluster(int nodes, int servers, int witnesses = 0)
    {
        var settings = new ClusterSettings { InitialNodes = nodes };
        ClusterTopology? topology = null;
        for (var node = 1; node <= nodes; node++)
            for (var server = 0; server < servers; server++)
                Add(Registrations.Of((node * 10) + server, $"n{node}-{server}") with
                {
                    Node = $"n{node}",
                    PreferredRole = server == 0 ? Protocol.Contracts.PreferredRole.Main : Protocol.Contracts.PreferredRole.Replica,
                });
        for (var witness = 0; witness < witnesses; witness++) Add(Registrations.Of(900 + witness, $"w{witness}") with { Kind = ServerKind.Witness });
        return topology!;

        void Add(Protocol.Contracts.RegistrationRequest request)
        {
            request = request with { VoterId = Guid.NewGuid() };
            topology = topology is null
                ? Registration.Bootstrap(new ClusterId(Guid.NewGuid()), settings, request)
                : Registration.Register(topology, request).Next!;
        }
    }

    [Fact]
    public void Next_VotersThatWereTakenOut_AreNotMissing_AndTheSetShrinks()
    {
        var topology = Changed(Cluster(nodes: 3, servers: 1));
        var left = topology with { Nodes = topology.Nodes.RemoveAt(2) };
        Assert.Equal(topology.Nodes[0].Main, Assert.Single(VoterPlan.Next(Dealt(left), _ => true)!.Value).Server);

        var five = Cluster(nodes: 5, servers: 1) with { Settings = new ClusterSettings { VotersMax = 5 } };
        five = Changed(five);
        Assert.Equal(5, five.Voters.Length);
        var three = Dealt(five with { Nodes = [.. five.Nodes.Take(3)] });
        Assert.Equal(three.Nodes.Select(node => node.Main), VoterPlan.Next(three, _ => true)!.Value.Select(voter => voter.Server));

        // Who is only out of sight is missing still.
        Assert.Null(VoterPlan.Next(three, server => server != three.Nodes[2].Main));
    }

    [Fact]
    public void Without_VotersThatLeave_OthersVote_AndFewerWhereThereAreNotEnough()
    {
        var many = Changed(Cluster(nodes: 3, servers: 2));
        var leaving = many.Nodes[2].Servers.Select(server => server.Id).ToArray();
        var next = VoterPlan.Without(many, leaving, _ => true)!.Value;
        Assert.Equal(3, next.Length);
        Assert.DoesNotContain(next, voter => leaving.Contains(voter.Server));

        var few = Changed(Cluster(nodes: 2, servers: 2));
        var two = few.Nodes.Single(node => few.Voters.Count(voter => node.Find(voter.Server) is not null) == 2);
        var one = VoterPlan.Without(few, [.. two.Servers.Select(server => server.Id)], _ => true)!.Value;
        Assert.Null(two.Find(Assert.Single(one).Server));
    }

    [Fact]
    public void Without_NoneThatVotes_OrNobodyElse()
    {
        var topology = Changed(Cluster(nodes: 2, servers: 2));
        var spare = topology.Servers.Single(server => topology.Voters.All(voter => voter.Server != server.Id));
        Assert.Null(VoterPlan.Without(topology, [spare.Id], _ => true));
        Assert.Empty(VoterPlan.Without(topology, [topology.Voters[0].Server], _ => false)!.Value);
    }

    [Fact]
    public void Move_OfTheOffice_GoesToAnotherNode_AndOnlyToWhoIsInSight()
    {
        var topology = Changed(Cluster(nodes: 2, servers: 2, witnesses: 1));
        var moved = Succession.Move(topology, ServerId.None, _ => true).Next!;
        Assert.Equal(topology.Nodes[1].Id, moved.MasterNode!.Id);
        var wanted = topology.Nodes[0].Servers[1].Id;
        Assert.Equal(wanted, Succession.Move(topology, wanted, _ => true).Next!.Master);
        Assert.Same(topology, Succession.Move(topology, topology.Master, _ => true).Next);
        Assert.Equal(ProblemCode.TopologyConflict, Succession.Move(topology, wanted, _ => false).Code);
        Assert.Equal(ProblemCode.TopologyConflict, Succession.Move(topology, ServerId.None, _ => false).Code);
        Assert.Equal(ProblemCode.NodeUnknown, Succession.Move(topology, new ServerId(99), _ => true).Code);
    }

    private static ClusterTopology Dealt(ClusterTopology topology)
    {
        var ranges = SlotRange.Split(topology.Nodes.Length);
        return topology with { Nodes = [.. topology.Nodes.Select((node, i) => node with { Slots = [ranges[i]] })] };
    }
}

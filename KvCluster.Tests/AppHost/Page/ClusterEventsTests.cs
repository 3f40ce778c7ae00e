using KvCluster.AppHost.Page;
using KvCluster.Hosting.Plan;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.AppHost.Page;

public sealed class ClusterEventsTests
{
    private static readonly ClusterStatus Whole = FakeCluster.StatusOf(ClusterPlanBuilder.Build(new ClusterPlanOptions { Slaves = 1 }, "/data", new SequentialPorts(20_000)));

    [Fact]
    public void FirstLook_NamesTheMaster() => Assert.Contains("kv-master is the master", Assert.Single(ClusterEvents.Between(null, Whole)).Text, StringComparison.Ordinal);

    [Fact]
    public void NothingNew_SaysNothing() => Assert.Empty(ClusterEvents.Between(Whole, Whole));

    [Fact]
    public void LostMain_IsAFailover()
    {
        var node = Whole.Topology.Nodes[0];
        var lost = With(node with { Main = node.ReplicaServer!.Id, InSync = [node.ReplicaServer.Id], Epoch = node.Epoch.Next });

        var happened = ClusterEvents.Between(Whole, lost).ToArray();

        Assert.Contains(happened, one => one.Kind == PageEventKind.Failover && one.Text.Contains("kv-master-replica is main in place of kv-master", StringComparison.Ordinal));
        Assert.Contains(happened, one => one.Kind == PageEventKind.Copies && one.Text.Contains("one copy", StringComparison.Ordinal));
    }

    [Fact]
    public void MainThatStaysInSync_HandedOver()
    {
        var node = Whole.Topology.Nodes[0];
        var handedOver = With(node with { Main = node.ReplicaServer!.Id, Epoch = node.Epoch.Next });

        Assert.Equal(PageEventKind.HandOver, Assert.Single(ClusterEvents.Between(Whole, handedOver)).Kind);
    }

    [Fact]
    public void ServerThatIsBack_CatchesUpAndMakesTwoCopies()
    {
        var node = Whole.Topology.Nodes[1];
        var alone = With(node with { InSync = [node.Main] });
        var back = alone with { Servers = [.. alone.Servers.Select(server => server.Server == node.ReplicaServer!.Id ? server with { State = ServerState.CatchingUp } : server)] };

        Assert.Contains("catching up", Assert.Single(ClusterEvents.Between(alone, back)).Text, StringComparison.Ordinal);
        Assert.Contains(ClusterEvents.Between(back, Whole), one => one.Text == $"{node.Name} has two copies again");
    }

    [Fact]
    public void OtherMasterVotersAndMode_AreSaid()
    {
        var topology = Whole.Topology with { Master = new ServerId(2), Generation = 2, Settings = Whole.Topology.Settings with { WriteMode = WriteMode.Strict } };

        Assert.Equal(3, ClusterEvents.Between(Whole, Whole with { Topology = topology }).Count(one => one.Kind == PageEventKind.Control));
    }

    private static ClusterStatus With(NodeInfo node) => Whole with { Topology = Whole.Topology.With(node) };
}

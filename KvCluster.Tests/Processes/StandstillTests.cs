using System.Net;
using KvCluster.Client;

namespace KvCluster.Tests.Processes;

/// <summary>A main that stood still while it was replaced must not speak for the node when it wakes.</summary>
[Collection(ProcessRoom.Name)]
public sealed class StandstillTests(SharedCluster shared)
{
    private const string Node = SharedCluster.Node;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task HaltedMain_WakesUpReplaced_ServesNoOldValueAndAcknowledgesNothing()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "halted-main");
        var node = TestCluster.NodeOf(await cluster.WaitUntilWholeAsync(), Node);
        var (main, replica) = (node.MainServer.Name, node.ReplicaServer!.Name);
        var key = Enumerable.Range(0, 1_000).Select(number => $"halted/{number}").First(name => node.Owns(new KvKey(name).Slot));
        await load.Client.PutAsync(key, "old", cancellationToken: Cancellation);
        var place = new Uri(cluster.Plan(main).Url, $"/kv/{key}");

        // The requests are in the sleeper's socket before anybody is promoted, and are looked at when it wakes.
        cluster.Run(main).Pause();
        var read = cluster.Http.GetAsync(place, Cancellation);
        var write = cluster.Http.PutAsync(place, new StringContent("forged"), Cancellation);
        await cluster.WaitAsync($"{replica} serves as main", status => status.AllSlotsServed && TestCluster.NodeOf(status, Node).MainServer.Name == replica);
        await load.Client.PutAsync(key, "new", cancellationToken: Cancellation);
        await load.ProgressAsync();
        Assert.False(read.IsCompleted || write.IsCompleted, "A process that stands still has answered.");
        cluster.Run(main).Resume();

        using (var answer = await read) Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
        using (var answer = await write) Assert.False(answer.IsSuccessStatusCode, $"The sleeper acknowledged a write: {answer.StatusCode}.");
        await cluster.WaitUntilWholeAsync();
        Assert.Equal("new", (await load.Client.GetAsync(key, new KvReadOptions { Consistency = KvConsistency.Linearizable }, Cancellation)).Text);
        await load.AuditAsync();
    }

    [Fact]
    public async Task HaltedReplica_IsLeftBehind_AndCatchesUpWhenItWakes()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "halted-replica");
        var (main, replica) = await cluster.RolesAsync(Node);

        cluster.Run(replica).Pause();
        await cluster.WaitAsync($"{replica} is out of the in-sync set", status => TestCluster.NodeOf(status, Node).InSync.Length == 1);
        await load.ProgressAsync();
        Assert.Equal(1, load.LastCopies);
        cluster.Run(replica).Resume();

        // It was beyond its grace period when it woke up: it must not take that for the main's silence and lead without being in sync, nor for the master's and take the office.
        var after = (await cluster.WaitUntilWholeAsync()).Topology;
        Assert.NotEqual(replica, after.FindServer(after.Master)!.Name);
        Assert.Equal(main, (await cluster.RolesAsync(Node)).Main);
        await load.ProgressAsync();
        Assert.Equal(2, load.LastCopies);
        await cluster.FailOverAsync(Node, main, replica);
        await load.AuditAsync();
    }

    [Fact]
    public async Task HaltedMaster_IsReplaced_AndWakesUpWithoutItsOffice()
    {
        var cluster = await shared.TakeAsync();
        var before = await cluster.WaitUntilWholeAsync();
        var master = before.Topology.FindServer(before.Topology.Master)!;
        var own = before.Topology.NodeOf(master.Id)!;
        var other = before.Topology.Nodes.First(node => node.Id != own.Id);
        await using var near = await CheckedLoad.StartAsync(cluster, own.Name, "halted-master-near");
        await using var far = await CheckedLoad.StartAsync(cluster, other.Name, "halted-master-far");

        cluster.Run(master.Name).Pause();
        await cluster.WaitAsync(
            $"another server than {master.Name} is master and every slot is served",
            status => status.AllSlotsServed && status.Topology.Master != master.Id && status.Topology.Find(own.Id)!.Main != master.Id);
        await near.ProgressAsync();
        await far.ProgressAsync();
        cluster.Run(master.Name).Resume();

        var after = await cluster.WaitUntilWholeAsync();
        Assert.NotEqual(master.Id, after.Topology.Master);
        Assert.Single(after.Servers, server => server.IsMaster);
        await near.AuditAsync();
        await far.AuditAsync();
        Assert.Equal((0, 0), (far.Unknown, far.Refused));
    }
}

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
}

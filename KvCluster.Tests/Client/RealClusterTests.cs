using KvCluster.Client;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.Client;

/// <summary>The client against real servers: what the fake cluster of the other tests assumes is so, and stays so while servers die.</summary>
[Collection(ProcessRoom.Name)]
public sealed class RealClusterTests(SharedCluster shared)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryCall_AnyKey_DoesWhatItSays()
    {
        var cluster = await shared.TakeAsync();
        using var client = cluster.Connect();
        KvKey[] keys = ["real/plain", "real/a/../b", "..", ".", "real/%41?x=1#y", "real/ä€😀", "batch", "real/increment", new byte[] { 0 }, new byte[] { 0xFF, 0x00, 0xFE }];
        foreach (var key in keys)
        {
            var put = await client.PutAsync(key, KvValue.Json("""{"a": 1}"""), new KvWriteOptions { Condition = KvCondition.Absent }, Cancellation);
            Assert.Equal((KvStatus.Created, 2), (put.Status, put.Copies));
            var again = await client.PutAsync(key, "x", new KvWriteOptions { Condition = KvCondition.Absent }, Cancellation);
            Assert.Equal((KvStatus.PreconditionFailed, put.Revision), (again.Status, again.Revision));
            var read = await client.GetAsync(key, cancellationToken: Cancellation);
            Assert.Equal(("""{"a": 1}""", "application/json", put.Revision), (read.Text, read.ContentType, read.Revision));
            Assert.Equal(KvStatus.Updated, (await client.PatchAsync(key, KvPatch.Merge("""{"b":2}"""), cancellationToken: Cancellation)).Status);
            var test = KvPatch.Json("""[{"op":"test","path":"/a","value":7}]""");
            Assert.Equal(KvStatus.PatchTestFailed, (await client.PatchAsync(key, test, cancellationToken: Cancellation)).Status);
        }

        var listed = new HashSet<KvKey>();
        await foreach (var entry in client.ListAsync(cancellationToken: Cancellation)) listed.Add(entry.Key);
        Assert.Superset(keys.ToHashSet(), listed);
        var results = await client.BatchAsync([.. keys.Select(key => KvBatchOperation.Delete(key)), KvBatchOperation.Get(keys[0])], Cancellation);
        Assert.All(results.SkipLast(1), result => Assert.Equal(KvStatus.Deleted, result.Status));
        Assert.Equal(KvStatus.NotFound, results[^1].Status);
        Assert.Equal(-3, (await client.IncrementAsync("real/counter", -3, Cancellation)).Value);
        await client.DeleteAsync("real/counter", cancellationToken: Cancellation);
        Assert.True((await client.Cluster.GetStatusAsync(Cancellation)).AllSlotsServed);
    }

    [Fact]
    public async Task IncrementAsync_MainKilled_CountsEveryCallOnceAndThrowsNothing()
    {
        var cluster = await shared.TakeAsync();
        using var client = cluster.Connect();
        var (main, replica) = await cluster.RolesAsync(SharedCluster.Node);
        var key = await KeyOfAsync(client, SharedCluster.Node);
        await using var counting = new CountingLoad(client, key);
        await counting.ProgressAsync(100);
        await cluster.Run(main).KillAsync();
        await counting.ProgressAsync(200);
        var counted = await counting.StopAsync();

        Assert.Equal(replica, (await cluster.RolesAsync(SharedCluster.Node)).Main);
        Assert.Equal(counted, (await client.IncrementAsync(key, 0, Cancellation)).Value);
        await cluster.HealAsync();
        await client.DeleteAsync(key, cancellationToken: Cancellation);
    }

    [Fact]
    public async Task BatchAsync_MainKilled_ExecutesEveryOperationOnce()
    {
        var cluster = await shared.TakeAsync();
        using var client = cluster.Connect();
        var (main, _) = await cluster.RolesAsync(SharedCluster.Node);
        KvBatchOperation[] operations = [.. Enumerable.Range(0, 400).Select(i => KvBatchOperation.Increment($"real/batch/{i}"))];
        var killed = Task.CompletedTask;
        for (var round = 1; round <= 6; round++)
        {
            var running = client.BatchAsync(operations, Cancellation);
            if (round == 3) killed = cluster.Run(main).KillAsync();
            foreach (var result in await running) Assert.Equal(round, result.Number);
        }

        await killed;
        await cluster.HealAsync();
        await client.BatchAsync([.. operations.Select(operation => KvBatchOperation.Delete(operation.Key))], Cancellation);
    }

    [Fact]
    public async Task GetAsync_MainKilled_IsAnsweredByTheReplica()
    {
        var cluster = await shared.TakeAsync();
        using var client = cluster.Connect();
        var key = await KeyOfAsync(client, SharedCluster.Node);
        await client.PutAsync(key, "v", cancellationToken: Cancellation);
        var (main, _) = await cluster.RolesAsync(SharedCluster.Node);

        // A replica shows a write when it has heard that it is committed, a beacon later at most.
        var atReplica = new KvReadOptions { Consistency = KvConsistency.Replica };
        while ((await client.GetAsync(key, atReplica, Cancellation)).Text != "v") Cancellation.ThrowIfCancellationRequested();
        Assert.Equal(KvSource.Replica, (await client.GetAsync(key, atReplica, Cancellation)).Source);

        await cluster.Run(main).KillAsync();
        Assert.Equal("v", (await client.GetAsync(key, cancellationToken: Cancellation)).Text);
        Assert.Equal("v", (await client.GetAsync(key, new KvReadOptions { Consistency = KvConsistency.Linearizable }, Cancellation)).Text);
        await cluster.HealAsync();
        await client.DeleteAsync(key, cancellationToken: Cancellation);
    }

    private static async Task<KvKey> KeyOfAsync(KvClusterClient client, string node)
    {
        var topology = await client.Cluster.GetTopologyAsync(Cancellation);
        return Enumerable.Range(0, 1000).Select(i => new KvKey($"real/key-{i}")).First(key => topology.OwnerOf(key.Slot)!.Name == node);
    }
}

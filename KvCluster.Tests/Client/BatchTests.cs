using KvCluster.Client;
using KvCluster.Client.Batching;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Requests;
using KvCluster.Tests.Client.Fake;

namespace KvCluster.Tests.Client;

public sealed class BatchTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Write_EveryKindOfOperation_IsWhatAServerReads()
    {
        var operations = new List<KvBatchOperation>
        {
            KvBatchOperation.Get("g\"€"),
            KvBatchOperation.Put(new byte[] { 255 }, new byte[] { 254 }, new KvWriteOptions { Ttl = TimeSpan.FromSeconds(2), Condition = KvCondition.Absent }),
            KvBatchOperation.Delete("d", new KvWriteOptions { Condition = KvCondition.Match(new(7)) }),
            KvBatchOperation.Increment("i", -3),
            KvBatchOperation.Patch("m", KvPatch.Merge("""{"a":"\u0041"}""")),
            KvBatchOperation.Patch("j", KvPatch.Json("[]")),
        };
        var items = operations.Select((operation, place) => new BatchItem(operation, place) { Id = new RequestId(1, (ulong)place + 1, new(5), 1) }).ToList();
        var read = System.Text.Json.JsonSerializer.Deserialize(BatchBody.Write(items).Span, KvJson.Default.BatchRequest)!.Operations;
        Assert.Equal(["get", "put", "delete", "increment", "merge-patch", "json-patch"], read.Select(operation => operation.Op));
        Assert.Equal("g\"€", read[0].Key);
        Assert.Equal([255], read[1].KeyBase64!);
        Assert.Equal([254], read[1].ValueBase64!);
        Assert.Equal("2000ms", read[1].Ttl);
        Assert.Equal("*", read[1].IfNoneMatch);
        Assert.Equal("\"7\"", read[2].IfMatch);
        Assert.Equal(-3, read[3].By);
        Assert.Equal("""{"a":"\u0041"}""", read[4].Value);
        Assert.Equal(items.Select(item => item.Id.ToString()), read.Select(operation => operation.IdempotencyKey));
    }

    [Fact]
    public async Task BatchAsync_AnswerLost_ExecutesEachOperationOnce()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        var lost = 0;
        cluster.Server(1).After = context =>
        {
            if (context.Request.Path != "/kv/batch" || Interlocked.Increment(ref lost) > 2) return Task.FromResult(false);
            context.Abort();
            return Task.FromResult(true);
        };
        var results = await client.BatchAsync([KvBatchOperation.Increment("n"), KvBatchOperation.Increment("n"), KvBatchOperation.Get("n")], Cancellation);
        Assert.Equal([1, 2], results.Take(2).Select(result => result.Number));
        Assert.Equal("2", results[2].Text);
        Assert.Equal(2, cluster.Nodes[0].Executions);
    }

    [Fact]
    public async Task BatchAsync_SlotMovedMeanwhile_GoesToItsNewNode()
    {
        await using var cluster = await FakeCluster.StartAsync(2);
        using var client = cluster.Connect();
        await client.Topology.RefreshAsync(Cancellation);
        cluster.SwapSlots();
        var operations = Enumerable.Range(0, 100).Select(i => KvBatchOperation.Put($"k{i}", $"{i}")).ToList();
        Assert.All(await client.BatchAsync(operations, Cancellation), result => Assert.Equal(KvStatus.Created, result.Status));
        for (var i = 0; i < 100; i++) Assert.NotNull(cluster.NodeOf($"k{i}").Find(new KvKey($"k{i}").Bytes.ToArray()));
    }

    [Fact]
    public async Task BatchAsync_OneOperationRefused_FailsAlone()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        var results = await client.BatchAsync(
            [
                KvBatchOperation.Put("t", "text"), KvBatchOperation.Increment("t"), KvBatchOperation.Put("t", "x", new KvWriteOptions { Condition = KvCondition.Absent }),
                KvBatchOperation.Delete("t"),
            ],
            Cancellation);
        Assert.Equal([KvStatus.Created, KvStatus.Failed, KvStatus.PreconditionFailed, KvStatus.Deleted], results.Select(result => result.Status));
        Assert.Equal(ProblemCode.ValueNotNumber, results[1].Error!.Code);
        Assert.False(results[1].Error!.IsOutcomeUnknown);
    }

    [Fact]
    public async Task BatchAsync_NeverAnswered_WritesAreUnknownAndReadsAreNot()
    {
        await using var cluster = await FakeCluster.StartAsync(2);
        using var client = cluster.Connect(options => options.TimeBudget = TimeSpan.FromSeconds(1));
        var (dead, alive) = (cluster.KeyOf(1), cluster.KeyOf(2));
        await client.Topology.RefreshAsync(Cancellation);
        cluster.MainOf(dead).After = context =>
        {
            if (context.Request.Path != "/kv/batch") return Task.FromResult(false);
            context.Abort();
            return Task.FromResult(true);
        };
        var results = await client.BatchAsync([KvBatchOperation.Put(dead, "1"), KvBatchOperation.Get(dead), KvBatchOperation.Put(alive, "1")], Cancellation);
        Assert.IsType<KvOutcomeUnknownException>(results[0].Error);
        Assert.IsType<KvUnavailableException>(results[1].Error);
        Assert.Equal(KvStatus.Created, results[2].Status);
    }

    [Fact]
    public async Task BatchAsync_ValueTooLargeToShare_GoesAlone()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        var large = new byte[5 * 1024 * 1024];
        var results = await client.BatchAsync([KvBatchOperation.Put("a", "1"), KvBatchOperation.Put("large", large), KvBatchOperation.Put("b", "1")], Cancellation);
        Assert.All(results, result => Assert.Equal(KvStatus.Created, result.Status));
        Assert.Equal(large.Length, cluster.Nodes[0].Find("large"u8.ToArray())!.Bytes.Length);
        Assert.Contains("PUT /kv/large", cluster.Server(1).Requests);
    }

    [Fact]
    public async Task PutAsync_ValueOverTheLimit_IsRefusedWithoutARequest()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        var refused = await Assert.ThrowsAsync<KvRequestException>(async () => await client.PutAsync("k", new byte[KvValue.BytesMax + 1], cancellationToken: Cancellation));
        Assert.Equal(ProblemCode.ValueTooLarge, refused.Code);
        Assert.Empty(cluster.Server(1).Requests);
        var result = Assert.Single(await client.BatchAsync([KvBatchOperation.Put("k", new byte[KvValue.BytesMax + 1])], Cancellation));
        Assert.Equal(ProblemCode.ValueTooLarge, result.Error!.Code);
    }
}

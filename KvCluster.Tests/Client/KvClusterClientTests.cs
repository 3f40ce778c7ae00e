using KvCluster.Client;
using KvCluster.Protocol.Problems;
using KvCluster.Tests.Client.Fake;

namespace KvCluster.Tests.Client;

public sealed class KvClusterClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetAsync_AfterPut_BringsTheValueFromTheMain()
    {
        await using var cluster = await FakeCluster.StartAsync(3);
        using var client = cluster.Connect();
        for (var node = 1; node <= 3; node++)
        {
            var key = cluster.KeyOf(node);
            var written = await client.PutAsync(key, KvValue.Json("""{"a":1}"""), cancellationToken: Cancellation);
            Assert.Equal(KvStatus.Created, written.Status);
            Assert.Equal(2, written.Copies);

            var read = await client.GetAsync(key, cancellationToken: Cancellation);
            Assert.True(read.Found);
            Assert.Equal("""{"a":1}""", read.Text);
            Assert.Equal("application/json", read.ContentType);
            Assert.Equal(written.Revision, read.Revision);
            Assert.Equal(KvSource.Main, read.Source);
            Assert.Equal(TimeSpan.Zero, read.Staleness);
            Assert.Contains(cluster.MainOf(key).Requests, request => request.StartsWith("PUT", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task GetAsync_AbsentKey_IsAResult()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        var read = await client.GetAsync("nothing", cancellationToken: Cancellation);
        Assert.Equal(KvStatus.NotFound, read.Status);
        Assert.True(read.Revision.IsNone);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a/../b")]
    [InlineData("..")]
    [InlineData("?x=1&y#z")]
    [InlineData("50% ä€😀 \"'\\")]
    [InlineData("batch")]
    [InlineData("x/increment")]
    [InlineData("zero\0byte")]
    public async Task PutAsync_AnyText_IsThatKeyAndNoOther(string text)
    {
        await using var cluster = await FakeCluster.StartAsync(2);
        using var client = cluster.Connect();
        await client.PutAsync(text, "here", cancellationToken: Cancellation);
        Assert.Equal("here", (await client.GetAsync(text, cancellationToken: Cancellation)).Text);
        var listed = new List<KvKey>();
        await foreach (var entry in client.ListAsync(cancellationToken: Cancellation)) listed.Add(entry.Key);
        Assert.Equal([new KvKey(text)], listed);
    }

    [Fact]
    public async Task PutAsync_FailedCondition_IsAResultWithTheCurrentRevision()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        var first = await client.PutAsync("k", "1", new KvWriteOptions { Condition = KvCondition.Absent }, Cancellation);
        var second = await client.PutAsync("k", "2", new KvWriteOptions { Condition = KvCondition.Absent }, Cancellation);
        Assert.Equal(KvStatus.PreconditionFailed, second.Status);
        Assert.Equal(first.Revision, second.Revision);
        var third = await client.PutAsync("k", "3", new KvWriteOptions { Condition = KvCondition.Match(second.Revision) }, Cancellation);
        Assert.Equal(KvStatus.Updated, third.Status);
    }

    [Fact]
    public async Task IncrementAsync_OnText_IsADefiniteRefusal()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        Assert.Equal(5, (await client.IncrementAsync("n", 5, Cancellation)).Value);
        Assert.Equal(3, (await client.IncrementAsync("n", -2, Cancellation)).Value);
        await client.PutAsync("text", "no number", cancellationToken: Cancellation);
        var refused = await Assert.ThrowsAsync<KvRequestException>(async () => await client.IncrementAsync("text", cancellationToken: Cancellation));
        Assert.Equal(ProblemCode.ValueNotNumber, refused.Code);
        Assert.False(refused.IsTransient);
        Assert.False(refused.IsOutcomeUnknown);
    }

    [Fact]
    public async Task PatchAsync_MergeAndJson_SayWhatBecameOfThem()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        Assert.Equal(KvStatus.Created, (await client.PatchAsync("p", KvPatch.Merge("""{"a":1}"""), cancellationToken: Cancellation)).Status);
        Assert.Equal(KvStatus.Updated, (await client.PatchAsync("p", KvPatch.Merge("""{"b":2}"""), cancellationToken: Cancellation)).Status);
        Assert.Equal("""{"a":1,"b":2}""", (await client.GetAsync("p", cancellationToken: Cancellation)).Text);
        var test = KvPatch.Json("""[{"op":"test","path":"","value":{}}]""");
        Assert.Equal(KvStatus.PatchTestFailed, (await client.PatchAsync("p", test, cancellationToken: Cancellation)).Status);
        Assert.Equal(KvStatus.NotFound, (await client.PatchAsync("absent", test, cancellationToken: Cancellation)).Status);
        Assert.Equal(KvStatus.Deleted, (await client.DeleteAsync("p", cancellationToken: Cancellation)).Status);
    }

    [Fact]
    public async Task ListAsync_SeveralNodesAndPages_IsInTheOrderOfBytes()
    {
        await using var cluster = await FakeCluster.StartAsync(3);
        using var client = cluster.Connect();
        var keys = Enumerable.Range(0, 100).Select(i => new KvKey($"list/{i}")).Append(new KvKey(new byte[] { 0xFF, 0x00, 0xFE })).ToList();
        foreach (var key in keys) await client.PutAsync(key, key.Bytes, cancellationToken: Cancellation);
        var listed = new List<KvEntry>();
        await foreach (var entry in client.ListAsync(new KvListOptions { PageSize = 7, Values = true }, Cancellation)) listed.Add(entry);
        Assert.Equal(keys.Order(), listed.Select(entry => entry.Key));
        Assert.All(listed, entry => Assert.Equal(entry.Key.Bytes.ToArray(), entry.Value.ToArray()));
        var some = new List<KvKey>();
        await foreach (var entry in client.ListAsync(new KvListOptions { Prefix = "list/1"u8.ToArray() }, Cancellation)) some.Add(entry.Key);
        Assert.Equal(keys.Where(key => key.ToString().StartsWith("list/1", StringComparison.Ordinal)).Order(), some);
        some.Clear();
        await foreach (var entry in client.ListAsync(new KvListOptions { Prefix = new byte[] { 0xFF, 0x00 } }, Cancellation)) some.Add(entry.Key);
        Assert.Equal([new KvKey(new byte[] { 0xFF, 0x00, 0xFE })], some);
    }

    [Fact]
    public async Task BatchAsync_OverAllNodes_KeepsTheOrderOfTheOperations()
    {
        await using var cluster = await FakeCluster.StartAsync(3);
        using var client = cluster.Connect();
        var puts = Enumerable.Range(0, 2500).Select(i => KvBatchOperation.Put($"b{i}", $"value {i}")).ToList();
        Assert.All(await client.BatchAsync(puts, Cancellation), result => Assert.Equal(KvStatus.Created, result.Status));
        var gets = puts.Select(put => KvBatchOperation.Get(put.Key)).Append(KvBatchOperation.Get("absent")).ToList();
        var read = await client.BatchAsync(gets, Cancellation);
        for (var i = 0; i < 2500; i++) Assert.Equal($"value {i}", read[i].Text);
        Assert.Equal(KvStatus.NotFound, read[2500].Status);
        Assert.Equal(6, cluster.Nodes.Sum(node => cluster.Server((node.Id.Value * 2) - 1).Requests.Count(request => request == "POST /kv/batch")));
    }
}

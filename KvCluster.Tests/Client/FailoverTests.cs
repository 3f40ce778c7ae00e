using KvCluster.Client;
using KvCluster.Protocol.Http;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Requests;
using KvCluster.Tests.Client.Fake;

namespace KvCluster.Tests.Client;

public sealed class FailoverTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PutAsync_MainKilled_PausesUntilTheReplicaIsMain()
    {
        await using var cluster = await FakeCluster.StartAsync(2);
        using var client = cluster.Connect(seed: 3);
        KvKey key = cluster.KeyOf(1);
        await client.PutAsync(key, "before", cancellationToken: Cancellation);
        var node = cluster.NodeOf(key);
        var asked = cluster.Server(4).NextRequest("GET /cluster/topology");
        await cluster.MainOf(key).KillAsync();
        var writing = client.PutAsync(key, "after", cancellationToken: Cancellation).AsTask();
        await Task.WhenAny(asked, cluster.Server(3).NextRequest("GET /cluster/topology"), cluster.Server(2).NextRequest("GET /cluster/topology"));
        Assert.False(writing.IsCompleted);
        cluster.Promote(node);
        Assert.Equal(KvStatus.Updated, (await writing).Status);
        Assert.Equal("after", (await client.GetAsync(key, cancellationToken: Cancellation)).Text);
        Assert.Equal(2, node.Executions);
    }

    [Fact]
    public async Task PutAsync_MoreCallsThanBlindRetries_AllGoOnWhenTheMainServesAgain()
    {
        const int calls = 600;
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect(options => options.TimeBudget = TimeSpan.FromSeconds(30));
        var (refused, isReady) = (0, false);
        var manyRefused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Server(1).Before = async context =>
        {
            if (context.Request.Method != "PUT" || Volatile.Read(ref isReady)) return false;
            await FakeEndpoints.Problem(503, ProblemCode.NotReady, retryable: true)(context);
            if (Interlocked.Increment(ref refused) == calls / 2) manyRefused.SetResult();
            return true;
        };

        // It becomes ready in the epoch in which it refused, so nothing but its answers tells the callers.
        var writing = Task.WhenAll(Enumerable.Range(0, calls).Select(call => client.PutAsync($"k{call}", "v", cancellationToken: Cancellation).AsTask()));
        await Task.WhenAny(manyRefused.Task, writing);
        Volatile.Write(ref isReady, true);

        Assert.All(await writing, result => Assert.Equal(KvStatus.Created, result.Status));
    }

    [Fact]
    public async Task IncrementAsync_AnswerLost_IsExecutedOnce()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        var server = cluster.Server(1);
        var lost = 0;
        server.After = context =>
        {
            if (context.Request.Method != "POST" || Interlocked.Increment(ref lost) > 3) return Task.FromResult(false);
            context.Abort();
            return Task.FromResult(true);
        };
        Assert.Equal(1, (await client.IncrementAsync("n", cancellationToken: Cancellation)).Value);
        Assert.Equal(2, (await client.IncrementAsync("n", cancellationToken: Cancellation)).Value);
        Assert.Equal(2, server.Node.Executions);
        Assert.Equal(5, server.Node.IdsSeen.Count);
        Assert.Equal(2, server.Node.IdsSeen.Distinct().Count());
    }

    [Fact]
    public async Task PutAsync_AnswerLostAndMainReplaced_GetsTheFirstAnswerFromTheNewMain()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        var server = cluster.Server(1);
        server.After = context =>
        {
            if (context.Request.Method != "PUT") return Task.FromResult(false);
            server.After = null;
            cluster.Promote(server.Node);
            context.Abort();
            return Task.FromResult(true);
        };
        var written = await client.PutAsync("k", "v", new KvWriteOptions { Condition = KvCondition.Absent }, Cancellation);
        Assert.Equal(KvStatus.Created, written.Status);
        Assert.Equal(1, server.Node.Executions);
        Assert.Contains(cluster.Server(2).Requests, request => request.StartsWith("PUT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task PutAsync_NeverAnswered_IsUnknownAndNotFailed()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect(options => options.TimeBudget = TimeSpan.FromSeconds(1));
        cluster.Server(1).After = context =>
        {
            if (context.Request.Method != "PUT") return Task.FromResult(false);
            context.Abort();
            return Task.FromResult(true);
        };
        var unknown = await Assert.ThrowsAsync<KvOutcomeUnknownException>(async () => await client.PutAsync("k", "v", cancellationToken: Cancellation));
        Assert.True(unknown.IsOutcomeUnknown);
        Assert.Equal(ProblemCode.OutcomeUnknown, unknown.Code);
    }

    [Fact]
    public async Task PutAsync_OnlyDefiniteRefusals_IsDefinitelyNotApplied()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect(options => options.TimeBudget = TimeSpan.FromSeconds(1));
        cluster.Server(1).Before = Refuse("PUT", 503, ProblemCode.ReplicaUnavailable);
        var refused = await Assert.ThrowsAsync<KvUnavailableException>(async () => await client.PutAsync("k", "v", cancellationToken: Cancellation));
        Assert.False(refused.IsOutcomeUnknown);
        Assert.True(refused.IsTransient);
        Assert.Equal(ProblemCode.ReplicaUnavailable, refused.Code);
        Assert.Equal("trace", refused.TraceId);
    }

    [Fact]
    public async Task PutAsync_DoubtThenDefiniteRefusals_StaysInDoubt()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect(options => options.TimeBudget = TimeSpan.FromSeconds(1));
        var server = cluster.Server(1);
        server.After = context =>
        {
            if (context.Request.Method != "PUT") return Task.FromResult(false);
            server.Before = Refuse("PUT", 503, ProblemCode.ReplicaUnavailable);
            context.Abort();
            return Task.FromResult(true);
        };
        await Assert.ThrowsAsync<KvOutcomeUnknownException>(async () => await client.PutAsync("k", "v", cancellationToken: Cancellation));
    }

    [Fact]
    public async Task PutAsync_OutcomeUnknownProblem_IsRepeatedWithTheSameId()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        var server = cluster.Server(1);
        server.After = async context =>
        {
            if (context.Request.Method != "PUT") return false;
            server.After = null;
            await FakeEndpoints.Problem(504, ProblemCode.OutcomeUnknown, retryable: true, outcome: "unknown")(context);
            return true;
        };
        Assert.Equal(KvStatus.Created, (await client.PutAsync("k", "v", cancellationToken: Cancellation)).Status);
        Assert.Single(server.Node.IdsSeen.Distinct());
    }

    [Fact]
    public async Task PutAsync_StampTooOldAndNothingInDoubt_GetsANewId()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        var ids = new List<string>();
        cluster.Server(1).Before = async context =>
        {
            if (context.Request.Method != "PUT") return false;
            ids.Add(context.Request.Headers[KvHeaders.IdempotencyKey].ToString());
            if (ids.Count > 1) return false;
            await FakeEndpoints.Problem(409, ProblemCode.DedupExpired)(context);
            return true;
        };
        Assert.Equal(KvStatus.Created, (await client.PutAsync("k", "v", cancellationToken: Cancellation)).Status);
        Assert.True(RequestId.TryParse(ids[0], out var first));
        Assert.True(RequestId.TryParse(ids[1], out var second));
        Assert.Equal(first.Client, second.Client);
        Assert.Equal(first.Sequence + 1, second.Sequence);
        Assert.Equal(second.Sequence, second.FirstIncomplete);
        Assert.True(second.Stamp.Milliseconds > DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task PutAsync_DedupExpiredAfterALostAnswer_IsUnknown()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        var server = cluster.Server(1);
        server.After = context =>
        {
            if (context.Request.Method != "PUT") return Task.FromResult(false);
            server.Before = Refuse("PUT", 409, ProblemCode.DedupExpired, retryable: false);
            context.Abort();
            return Task.FromResult(true);
        };
        await Assert.ThrowsAsync<KvOutcomeUnknownException>(async () => await client.PutAsync("k", "v", cancellationToken: Cancellation));
    }

    [Fact]
    public async Task GetAsync_MainKilled_IsAnsweredByTheReplicaWhichSaysSo()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect(seed: 2);
        await client.PutAsync("k", "v", cancellationToken: Cancellation);
        await cluster.Server(1).KillAsync();
        var read = await client.GetAsync("k", cancellationToken: Cancellation);
        Assert.Equal("v", read.Text);
        Assert.Equal(KvSource.Replica, read.Source);
        Assert.Equal(TimeSpan.FromMilliseconds(40), read.Staleness);
    }

    [Fact]
    public async Task GetAsync_LinearizableAndMainKilled_IsNeverAnsweredByTheReplica()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect(options => options.TimeBudget = TimeSpan.FromSeconds(1), seed: 2);
        await client.PutAsync("k", "v", cancellationToken: Cancellation);
        await cluster.Server(1).KillAsync();
        var strict = new KvReadOptions { Consistency = KvConsistency.Linearizable };
        var failed = await Assert.ThrowsAsync<KvUnavailableException>(async () => await client.GetAsync("k", strict, Cancellation));
        Assert.False(failed.IsOutcomeUnknown);
        Assert.DoesNotContain(cluster.Server(2).Requests, request => request.Contains("/kv/k", StringComparison.Ordinal));
    }

    [Fact]
    public async Task GetAsync_Replica_AsksTheReplicaFirst()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        await client.PutAsync("k", "v", cancellationToken: Cancellation);
        Assert.Equal(KvSource.Replica, (await client.GetAsync("k", new KvReadOptions { Consistency = KvConsistency.Replica }, Cancellation)).Source);
        var bounded = new KvReadOptions { Consistency = KvConsistency.Bounded(TimeSpan.FromMilliseconds(500)) };
        Assert.Equal(KvSource.Replica, (await client.GetAsync("k", bounded, Cancellation)).Source);
        Assert.Contains("GET /kv/k?consistency=bounded;ms=500", cluster.Server(2).Requests);
    }

    [Fact]
    public async Task PutAsync_MainHangs_GoesToTheNewMainWithoutWaitingForTheOld()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect(options => options.AttemptTimeout = TimeSpan.FromSeconds(9));
        await client.PutAsync("k", "before", cancellationToken: Cancellation);
        var server = cluster.Server(1);
        var hung = new TaskCompletionSource();
        server.Before = async context =>
        {
            hung.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        var writing = client.PutAsync("k", "after", cancellationToken: Cancellation).AsTask();
        await hung.Task;
        cluster.Promote(server.Node);
        Assert.Equal(KvStatus.Updated, (await writing.WaitAsync(TimeSpan.FromSeconds(5), Cancellation)).Status);
    }

    private static Func<Microsoft.AspNetCore.Http.HttpContext, Task<bool>> Refuse(string method, int status, string code, bool retryable = true) => async context =>
    {
        if (context.Request.Method != method) return false;
        await FakeEndpoints.Problem(status, code, retryable)(context);
        return true;
    };
}

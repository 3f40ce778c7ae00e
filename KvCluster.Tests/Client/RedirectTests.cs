using KvCluster.Client;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Tests.Client.Fake;

namespace KvCluster.Tests.Client;

public sealed class RedirectTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PutAsync_StaleMap_IsRedirectedOnceAndLearns()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        await client.PutAsync("k", "1", cancellationToken: Cancellation);
        var changed = client.Topology.Changed;
        cluster.Promote(cluster.Nodes[0]);
        Assert.Equal(KvStatus.Updated, (await client.PutAsync("k", "2", cancellationToken: Cancellation)).Status);
        await changed.WaitAsync(Cancellation);
        var writes = cluster.Server(1).Requests.Count(IsWrite);
        await client.PutAsync("k", "3", cancellationToken: Cancellation);
        Assert.Equal(writes, cluster.Server(1).Requests.Count(IsWrite));
        Assert.Equal(3, cluster.Nodes[0].IdsSeen.Distinct().Count());
        Assert.Equal(3, cluster.Nodes[0].Executions);
    }

    [Fact]
    public async Task PutAsync_RedirectsInACircle_AreFollowedFiveTimesThenPausedFor()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect(options => options.TimeBudget = TimeSpan.FromSeconds(5));
        await client.Topology.RefreshAsync(Cancellation);
        var hops = 0;
        var round = new TaskCompletionSource();
        cluster.Server(1).Before = context =>
        {
            if (context.Request.Method != "PUT") return Task.FromResult(false);
            if (Interlocked.Increment(ref hops) >= 7)
            {
                round.TrySetResult();
                return Task.FromResult(false);
            }

            context.Response.StatusCode = 307;
            context.Response.Headers.Location = cluster.Server(1).Address + "kv/k";
            return Task.FromResult(true);
        };
        var refreshes = cluster.Server(1).Requests.Count(request => request == "GET /cluster/topology");
        Assert.Equal(KvStatus.Created, (await client.PutAsync("k", "v", cancellationToken: Cancellation)).Status);
        await round.Task;
        Assert.Equal(7, hops);
        Assert.Single(cluster.Nodes[0].IdsSeen.Distinct());
        var asked = cluster.Server(1).Requests.Concat(cluster.Server(2).Requests).Count(request => request == "GET /cluster/topology") - refreshes;
        Assert.InRange(asked, 1, 4);
    }

    [Fact]
    public async Task NoteVersion_ServerThatAlwaysClaimsMore_CausesOneRefreshForEachClaim()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        await client.PutAsync("k", "1", cancellationToken: Cancellation);
        cluster.VersionShown = _ => 99;
        var asked = Task.WhenAny(cluster.Server(1).NextRequest("GET /cluster/topology"), cluster.Server(2).NextRequest("GET /cluster/topology"));
        for (var i = 0; i < 50; i++) await client.GetAsync("k", cancellationToken: Cancellation);
        await asked;
        await client.Topology.RefreshAsync(Cancellation);
        for (var i = 0; i < 50; i++) await client.GetAsync("k", cancellationToken: Cancellation);
        var refreshes = cluster.Server(1).Requests.Concat(cluster.Server(2).Requests).Count(request => request == "GET /cluster/topology");
        Assert.InRange(refreshes, 2, 3);
    }

    [Fact]
    public async Task NoteVersion_RestoredRegisterAtALowerVersion_IsNews()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        await client.Topology.RefreshAsync(Cancellation);
        var known = client.Topology.Current!;
        cluster.Topology = known with { Lineage = 5, Version = known.Version - 1 };
        var changed = client.Topology.Changed;
        await client.GetAsync("k", cancellationToken: Cancellation);
        await changed.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
        Assert.Equal((5, known.Version - 1), (client.Topology.Current!.Lineage, client.Topology.Current.Version));
    }

    [Fact]
    public async Task Operator_ServerDoesNotKnowWhatBecameOfIt_IsUnknown()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        foreach (var number in (int[])[1, 2])
        {
            cluster.Server(number).Before = async context =>
            {
                if (context.Request.Method != "DELETE") return false;
                await FakeEndpoints.Problem(504, ProblemCode.OutcomeUnknown, retryable: true, outcome: "unknown")(context);
                return true;
            };
        }

        var unknown = await Assert.ThrowsAsync<KvOutcomeUnknownException>(() => client.Operator.RemoveNodeAsync(new NodeId(1), force: true, Cancellation));
        Assert.True(unknown.IsOutcomeUnknown);
    }

    [Fact]
    public async Task RefreshAsync_ManyAtOnce_IsOneQuestion()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.Topology.RefreshAsync(Cancellation)));
        Assert.InRange(cluster.Server(1).Requests.Count(request => request == "GET /cluster/topology"), 1, 2);
    }

    [Fact]
    public async Task Offer_OlderOrStrange_IsRefused()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        await client.Topology.RefreshAsync(Cancellation);
        Assert.False(client.Topology.Offer(cluster.Topology));
        Assert.False(client.Topology.Offer(cluster.Topology with { Version = 9 }));
        Assert.False(client.Topology.Offer(cluster.Topology with { Version = 99, ClusterId = new ClusterId(Guid.NewGuid()) }));
        Assert.True(client.Topology.Offer(cluster.Topology with { Version = 3, Lineage = 1 }));
        Assert.Equal(3, client.Topology.Current!.Version);
    }

    private static bool IsWrite(string request) => request.StartsWith("PUT", StringComparison.Ordinal);
}

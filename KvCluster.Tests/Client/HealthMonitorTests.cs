using KvCluster.Client;
using KvCluster.Tests.Client.Fake;

namespace KvCluster.Tests.Client;

public sealed class HealthMonitorTests
{
    private const int Inactive = 3;
    private const int Active = 4;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Servers_ThatFailTheirCheck_AreInactiveUntilTheyRecover()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var loggers = new SignalLoggers();
        using var client = Connect(cluster, loggers, TimeSpan.FromMilliseconds(300));
        var replica = cluster.Server(2);
        var isSick = true;
        replica.Before = context =>
        {
            if (!isSick || context.Request.Path != "/health") return Task.FromResult(false);
            context.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        var inactive = loggers.Next(Inactive, replica.Address.Authority);
        await client.Topology.RefreshAsync(Cancellation);
        await inactive.WaitAsync(Cancellation);
        Assert.Equal([true, false], client.Health.Servers.Select(server => server.IsActive));
        var active = loggers.Next(Active, replica.Address.Authority);
        isSick = false;
        await active.WaitAsync(Cancellation);
        Assert.All(client.Health.Servers, server => Assert.True(server.IsActive));
    }

    [Fact]
    public async Task Servers_MainAndReplicaOfEveryNode_AreChecked()
    {
        await using var cluster = await FakeCluster.StartAsync(3);
        var checks = Enumerable.Range(1, 6).Select(server => cluster.Server(server).NextRequest("GET /health")).ToList();
        using var loggers = new SignalLoggers();
        using var client = Connect(cluster, loggers, TimeSpan.FromMilliseconds(300));
        await client.Topology.RefreshAsync(Cancellation);
        await Task.WhenAll(checks).WaitAsync(Cancellation);
        Assert.Equal(6, client.Health.Servers.Count);
    }

    [Fact]
    public async Task GetAsync_MainKnownToBeInactive_AsksTheReplicaFirst()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var loggers = new SignalLoggers();
        using var client = Connect(cluster, loggers, TimeSpan.FromMinutes(1));
        await client.PutAsync("k", "v", cancellationToken: Cancellation);
        await cluster.Server(1).KillAsync();
        Assert.Equal(KvSource.Replica, (await client.GetAsync("k", cancellationToken: Cancellation)).Source);
        Assert.False(client.Health.Servers[0].IsActive);

        var retries = client.Metrics.Retries;
        Assert.Equal(KvSource.Replica, (await client.GetAsync("k", cancellationToken: Cancellation)).Source);
        Assert.Equal(retries, client.Metrics.Retries);
    }

    [Fact]
    public async Task Servers_KilledThenRefused_AreCheckedSoonerThanTheInterval()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var loggers = new SignalLoggers();
        using var client = Connect(cluster, loggers, TimeSpan.FromMinutes(10));
        await client.PutAsync("k", "v", cancellationToken: Cancellation);
        var server = cluster.Server(1);
        server.Before = context =>
        {
            if (context.Request.Path != "/kv/k") return Task.FromResult(false);
            context.Abort();
            return Task.FromResult(true);
        };
        var active = loggers.Next(Active, server.Address.Authority);
        Assert.Equal(KvSource.Replica, (await client.GetAsync("k", cancellationToken: Cancellation)).Source);
        await active.WaitAsync(Cancellation);
    }

    private static KvClusterClient Connect(FakeCluster cluster, SignalLoggers loggers, TimeSpan interval) =>
        new(new KvClientOptions { Endpoints = { cluster.Server(1).Address }, HealthInterval = interval }, loggers: loggers);
}

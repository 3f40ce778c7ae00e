using KvCluster.Client;
using KvCluster.Tests.Client.Fake;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace KvCluster.Tests.Client;

public sealed class HostingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddKvClusterClient_ConnectionString_GivesAWorkingClientAndCache()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        var builder = Builder(("ConnectionStrings:kv", cluster.Server(1).Address.ToString()));
        builder.AddKvClusterClient("kv").WithDistributedCache(cache => cache.KeyPrefix = "c:");
        using var host = builder.Build();
        await host.StartAsync(Cancellation);
        var client = host.Services.GetRequiredService<KvClusterClient>();
        Assert.Empty(cluster.Server(1).Requests);
        await host.Services.GetRequiredService<IDistributedCache>().SetAsync("k", [7], Cancellation);
        Assert.Equal([7], (await client.GetAsync("c:k", cancellationToken: Cancellation)).Value.ToArray());
        await host.StopAsync(Cancellation);
    }

    [Fact]
    public async Task AddKeyedKvClusterClient_TwoClusters_AreTwoClients()
    {
        await using var one = await FakeCluster.StartAsync(1);
        await using var two = await FakeCluster.StartAsync(1);
        var builder = Builder(("ConnectionStrings:one", one.Server(1).Address.ToString()), ("ConnectionStrings:two", two.Server(1).Address.ToString()));
        builder.AddKeyedKvClusterClient("one");
        builder.AddKeyedKvClusterClient("two");
        using var host = builder.Build();
        await host.Services.GetRequiredKeyedService<KvClusterClient>("two").PutAsync("k", "v", cancellationToken: Cancellation);
        Assert.Equal(0, one.Nodes[0].Executions);
        Assert.Equal(1, two.Nodes[0].Executions);
        var checks = host.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations.Select(check => check.Name);
        Assert.Equal(["KvCluster_one", "KvCluster_two"], checks.Order());
    }

    [Theory]
    [InlineData("Services:kv:http:0")]
    [InlineData("Services:kv:https+http:0")]
    public async Task AddKvClusterClient_ServiceDiscovery_FindsTheServers(string setting)
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        var name = setting.Replace("https+http", "http", StringComparison.Ordinal);
        var builder = Builder((name, cluster.Server(1).Address.ToString().TrimEnd('/')));
        if (setting != name) builder.Configuration["ConnectionStrings:kv"] = "https+http://kv";
        builder.AddKvClusterClient("kv");
        using var host = builder.Build();
        var client = host.Services.GetRequiredService<KvClusterClient>();
        Assert.Equal(KvStatus.Created, (await client.PutAsync("k", "v", cancellationToken: Cancellation)).Status);
    }

    [Fact]
    public void AddKvClusterClient_SeveralSources_TheLaterWins()
    {
        (string, string?)[] settings =
        [
            ("Aspire:KvCluster:Client:ConnectionString", "general:1"),
            ("Aspire:KvCluster:Client:DisableHealthChecks", "true"),
            ("Aspire:KvCluster:Client:kv:ConnectionString", "named:2"),
        ];
        Assert.Equal("http://general:1/", Endpoint(Builder(settings), "other"));
        Assert.Equal("http://named:2/", Endpoint(Builder(settings), "kv"));
        settings = [.. settings, ("ConnectionStrings:kv", "connection:3")];
        Assert.Equal("http://connection:3/", Endpoint(Builder(settings), "kv"));
        Assert.Equal("http://delegate:4/", Endpoint(Builder(settings), "kv", settings => settings.ConnectionString = "delegate:4"));
        Assert.Equal("http://options:5/", Endpoint(Builder(settings), "kv", null, options => options.Endpoints.Add(new Uri("http://options:5"))));
    }

    [Fact]
    public async Task AddKvClusterClient_NothingConfigured_FailsAtStartAndNamesThePlaces()
    {
        var builder = Builder();
        builder.AddKvClusterClient("kv");
        using var host = builder.Build();
        var failed = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync(Cancellation));
        Assert.Contains("'ConnectionStrings:kv'", failed.Message, StringComparison.Ordinal);
        Assert.Contains("'Aspire:KvCluster:Client'", failed.Message, StringComparison.Ordinal);
        Assert.Contains("'Aspire:KvCluster:Client:kv'", failed.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kv:1;timeBudget=60s", "TimeBudget")]
    [InlineData("kv", "'kv'")]
    public async Task AddKvClusterClient_BadConnectionString_FailsAtStart(string connectionString, string named)
    {
        var builder = Builder(("ConnectionStrings:kv", connectionString));
        builder.AddKvClusterClient("kv");
        using var host = builder.Build();
        var failed = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(Cancellation));
        Assert.True(failed is OptionsValidationException or InvalidOperationException, failed.GetType().Name);
        Assert.Contains(named, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HealthCheck_FollowsTheCluster()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddKvClusterClient(options =>
        {
            options.Endpoints.Add(cluster.Server(1).Address);
            options.Endpoints.Add(cluster.Server(2).Address);
        });
        await using var provider = services.BuildServiceProvider();
        var health = provider.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync(Cancellation)).Status);
        var client = provider.GetRequiredService<KvClusterClient>();
        await client.PutAsync("k", "v", cancellationToken: Cancellation);
        await cluster.Server(1).KillAsync();
        await client.GetAsync("k", cancellationToken: Cancellation);
        Assert.Equal(HealthStatus.Degraded, (await health.CheckHealthAsync(Cancellation)).Status);
        await cluster.Server(2).KillAsync();
        await Assert.ThrowsAsync<KvUnavailableException>(async () => await client.GetAsync("k", cancellationToken: Cancellation));
        var report = await health.CheckHealthAsync(Cancellation);
        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.Equal("KvCluster", Assert.Single(report.Entries).Key);
    }

    private static HostApplicationBuilder Builder(params (string Name, string? Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => setting.Value));
        return builder;
    }

    private static string Endpoint(
        HostApplicationBuilder builder, string name, Action<KvClusterClientSettings>? settings = null, Action<KvClientOptions>? options = null)
    {
        builder.AddKvClusterClient(name, settings, options);
        using var host = builder.Build();
        Assert.Null(host.Services.GetService<HealthCheckService>());
        return Assert.Single(host.Services.GetRequiredService<IOptionsMonitor<KvClientOptions>>().Get(name).Endpoints).ToString();
    }
}

using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using KvCluster.AppHost.Aspire;
using KvCluster.Hosting.Aspire;
using KvCluster.Hosting.Plan;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KvCluster.Tests.Aspire;

/// <summary>A cluster that Aspire's orchestrator runs, with everything real but the dashboard.</summary>
public sealed class LiveClusterTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Cluster_WithAConsumerThatWaitsForIt_StartsShowsItsRolesAndObeys()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { AssemblyName = "KvCluster.AppHost", DisableDashboard = true, AllowUnsecuredTransport = true });
        var cluster = AspireCluster.AddCluster(builder, new ClusterPlanOptions { Slaves = 0, Ephemeral = true }, null);
        AspireCluster.AddLoad(builder, cluster);
        await using var app = builder.Build();
        await app.StartAsync(limit.Token);

        await app.ResourceNotifications.WaitForResourceHealthyAsync("kv", limit.Token);
        await app.ResourceNotifications.WaitForResourceAsync("kv-load", KnownResourceStates.Running, limit.Token);
        await StateAsync(app, "kv-master", "main, master", limit.Token);
        await StateAsync(app, "kv-master-replica", "replica", limit.Token);

        await DoAsync(app, "kv-master", "kv-hand-over", limit.Token);
        await StateAsync(app, "kv-master", "replica", limit.Token);
        await StateAsync(app, "kv-master-replica", "main", limit.Token);

        var look = app.ResourceNotifications.WaitForResourceAsync("kv", ClusterFollower.Looking, limit.Token);
        await DoAsync(app, "kv-master-replica", "kv-kill", limit.Token);
        await app.ResourceNotifications.WaitForResourceAsync("kv-master-replica", KnownResourceStates.TerminalStates, limit.Token);
        await StateAsync(app, "kv-master", "main, one copy", limit.Token);
        await look;
        await app.ResourceNotifications.WaitForResourceAsync("kv", change => change.Snapshot.HealthStatus == HealthStatus.Degraded, limit.Token);
        var why = await DoAsync(app, "kv-master", "kv-why", limit.Token);
        Assert.StartsWith("kv-master: ", why.Data?.Value, StringComparison.Ordinal);

        await DoAsync(app, "kv-master-replica", "kv-put-back", limit.Token);
        await StateAsync(app, "kv-master-replica", "replica", limit.Token);
        var urls = builder.Resources.OfType<ProjectResource>().Where(server => server.Name != "kv-load").Select(server => new Uri(server.GetEndpoint("http").Url)).ToArray();
        await app.StopAsync(limit.Token);
        using var http = new HttpClient();
        foreach (var url in urls)
            await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri(url, "/alive"), limit.Token));
    }

    /// <summary>The master's office may move, so a role counts with it and without.</summary>
    private static async Task StateAsync(DistributedApplication app, string server, string role, CancellationToken cancellation) =>
        await app.ResourceNotifications.WaitForResourceAsync(server, change => change.Snapshot.State?.Text is { } text && (text == role || text == role + ", master"), cancellation);

    private static async Task<ExecuteCommandResult> DoAsync(DistributedApplication app, string server, string command, CancellationToken cancellation)
    {
        var result = await app.ResourceCommands.ExecuteCommandAsync(server, command, cancellation);
        Assert.True(result.Success, $"{command} of {server}: {result.Message}");
        return result;
    }
}

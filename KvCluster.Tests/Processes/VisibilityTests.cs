namespace KvCluster.Tests.Processes;

/// <summary>Whoever looks sees how the cluster is: in its health, its status, its metrics and its logs.</summary>
[Collection(ProcessRoom.Name)]
public sealed class VisibilityTests(SharedCluster shared)
{
    private const string Node = SharedCluster.Node;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_OfRealServers_SayWhatTheyDo()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "measured");
        var (main, replica) = await cluster.RolesAsync(Node);

        // What was scraped is kept for a moment: a young load shows a little later.
        var atMain = await ScrapedMetrics.ReadAsync(cluster.Http, cluster.Plan(main).Url);
        await TestCluster.PollAsync("the main has counted the load", async () =>
        {
            atMain = await ScrapedMetrics.ReadAsync(cluster.Http, cluster.Plan(main).Url);
            return atMain.Value("kvcluster_writes_total", "\"2\"") >= 50;
        });
        TestContext.Current.TestOutputHelper?.WriteLine(atMain.ToString());
        Assert.Equal(1, atMain.Value("kvcluster_server_state", "\"main\""));
        Assert.Equal(2, atMain.Value("kvcluster_node_in_sync"));
        Assert.Equal(0, atMain.Value("kvcluster_server_degraded"));
        Assert.True(atMain.Value("kvcluster_operation_duration_seconds_count", "\"put\"") >= 50);
        Assert.True(atMain.Value("kvcluster_commit_duration_seconds_count") > 0);
        Assert.InRange(atMain.Value("kvcluster_keys") ?? 0, 32, 100_000);
        Assert.True(atMain.Value("kvcluster_log_entries") > 0);
        Assert.NotNull(atMain.Value("kvcluster_replication_lag"));
        Assert.NotNull(atMain.Value("kvcluster_failovers_total"));

        var atReplica = await ScrapedMetrics.ReadAsync(cluster.Http, cluster.Plan(replica).Url);
        Assert.Equal(1, atReplica.Value("kvcluster_server_state", "\"replica\""));
        Assert.True(atReplica.Value("kvcluster_log_fsync_duration_seconds_count") > 0);
        Assert.True(atReplica.Value("kvcluster_replication_delay_seconds") < 60);

        var master = (await cluster.WaitUntilWholeAsync()).Servers.Single(server => server.IsMaster).Name;
        await TestCluster.PollAsync("the master shows the whole cluster", async () =>
        {
            var read = await ScrapedMetrics.ReadAsync(cluster.Http, cluster.Plan(master).Url);
            return read.Value("kvcluster_cluster_slots", "\"served\"") == 16_384 && read.Value("kvcluster_cluster_node_copies", Node) == 2;
        });
        Assert.Null((await ScrapedMetrics.ReadAsync(cluster.Http, cluster.Plan(replica).Url)).Value("kvcluster_cluster_slots"));
        await load.AuditAsync();
    }

    [Fact]
    public async Task Failover_IsVisibleInHealthStatusMetricsAndLogs()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "visible");
        var (main, replica) = await cluster.RolesAsync(Node);
        var before = await ScrapedMetrics.ReadAsync(cluster.Http, cluster.Plan(replica).Url);

        await cluster.Run(main).KillAsync();
        await load.ProgressAsync();

        var status = await cluster.WaitAsync($"{replica} serves alone", now => TestCluster.ServerOf(now, replica).IsDegraded);
        Assert.Contains("One copy", TestCluster.ServerOf(status, replica).Reason, StringComparison.Ordinal);
        Assert.Equal("Degraded", await cluster.Http.GetStringAsync(new Uri(cluster.Plan(replica).Url, "/health"), Cancellation));
        var after = await ScrapedMetrics.ReadAsync(cluster.Http, cluster.Plan(replica).Url);
        Assert.Equal(1, after.Value("kvcluster_failovers_total", "\"silence\"") - before.Value("kvcluster_failovers_total", "\"silence\""));
        Assert.True(after.Value("kvcluster_failover_duration_seconds_count") > (before.Value("kvcluster_failover_duration_seconds_count") ?? 0));
        Assert.Equal(1, after.Value("kvcluster_server_degraded"));
        Assert.Equal(1, after.Value("kvcluster_node_in_sync"));
        Assert.True(after.Value("kvcluster_writes_total", "\"1\"") > 0);
        Assert.True(after.Value("kvcluster_health_check_failures_total", "\"degraded\"") > 0);
        Assert.Contains("asks for the main's place: silence", cluster.Run(replica).Printed, StringComparison.Ordinal);
        Assert.Contains("took the main's place (silence)", cluster.Run(replica).Printed, StringComparison.Ordinal);
        Assert.Contains("acknowledges writes with one copy", cluster.Run(replica).Printed, StringComparison.Ordinal);

        await cluster.HealAsync();
        await TestCluster.PollAsync("nothing is degraded any more", async () =>
            (await ScrapedMetrics.ReadAsync(cluster.Http, cluster.Plan(replica).Url)).Value("kvcluster_server_degraded") == 0);
        await load.AuditAsync();
    }
}

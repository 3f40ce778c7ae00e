using System.Diagnostics;

namespace KvCluster.Tests.Processes;

/// <summary>Servers that stop when asked, and servers that come back without what they had.</summary>
[Collection(ProcessRoom.Name)]
public sealed class RestartTests(SharedCluster shared)
{
    private const string Node = SharedCluster.Node;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RollingRestart_UnderLoad_NoClientSeesAnErrorAndNothingIsLost()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "rolling");
        await using var other = await CheckedLoad.StartAsync(cluster, "kv-master", "rolling-master");

        foreach (var server in cluster.Plans) await RestartAsync(cluster, server.Name, load, other);
        await RestartAsync(cluster, (await cluster.RolesAsync(Node)).Replica, load, other);

        await load.AuditAsync();
        await other.AuditAsync();
        Assert.Equal((0, 0, 0, 0), (load.Unknown, load.Refused, other.Unknown, other.Refused));
    }

    // A main must say that it handed its node over: without that word a failover by silence would pass for it.
    private static async Task RestartAsync(TestCluster cluster, string server, params CheckedLoad[] loads)
    {
        var before = await cluster.WaitUntilWholeAsync();
        var led = before.Topology.Nodes.SingleOrDefault(node => node.MainServer.Name == server);
        var run = cluster.Run(server);
        var clock = Stopwatch.StartNew();
        Assert.Equal(0, await run.StopAsync(Cancellation));
        TestContext.Current.TestOutputHelper?.WriteLine($"{server} ({(led is null ? "replica" : "main")}) stopped in {clock.ElapsedMilliseconds} ms.");
        if (led is not null) Assert.Contains($"Handed node {led.Name} over", run.Printed, StringComparison.Ordinal);
        Assert.Contains($"{server} has stopped", run.Printed, StringComparison.Ordinal);
        foreach (var load in loads) await load.ProgressAsync();
        cluster.Start(server);
        await cluster.WaitUntilWholeAsync();
    }

    [Fact]
    public async Task WipedReplica_IsFilledAgainAndCanLead()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "wiped-replica");
        var (main, replica) = await cluster.RolesAsync(Node);

        await cluster.Run(replica).KillAsync();
        await cluster.WaitAsync($"{replica} is out of the in-sync set", status => TestCluster.NodeOf(status, Node).InSync.Length == 1);
        Directory.Delete(cluster.Plan(replica).DataDirectory, recursive: true);
        cluster.Start(replica);

        // All that is read from here on is what the wiped server was given.
        await cluster.FailOverAsync(Node, main, replica);
        await load.ProgressAsync();
        await load.AuditAsync();
    }
}

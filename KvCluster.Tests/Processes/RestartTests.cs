using System.Diagnostics;
using KvCluster.Tests.Cli;

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

    [Fact]
    public async Task WipedReplica_BackBeforeItWasMissed_DoesNotCountAsTheCopyThatItWas()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "wiped-in-sync");
        var (main, replica) = await cluster.RolesAsync(Node);
        var before = TestCluster.NodeOf(await cluster.WaitUntilWholeAsync(), Node).ReplicaServer!.Id;

        await WipeAsync(cluster, replica);
        cluster.Start(replica);

        var after = await cluster.WaitUntilWholeAsync();
        Assert.NotEqual(before, TestCluster.NodeOf(after, Node).ReplicaServer!.Id);
        await cluster.FailOverAsync(Node, main, replica);
        await load.ProgressAsync();
        await load.AuditAsync();
    }

    [Fact]
    public async Task WipedMain_BackUnderItsName_SaysWhatItLost_AndFollowsTheReplica()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "wiped-main");
        var (main, replica) = await cluster.RolesAsync(Node);

        // With both dead nobody takes the main out while it says so.
        await Task.WhenAll(WipeAsync(cluster, main), cluster.Run(replica).KillAsync());
        cluster.Start(main);
        await TestCluster.PollAsync($"{main} says what it lost", () => Task.FromResult(
            cluster.Run(main).Printed.Contains($"{main} has lost its data folder, but the old one still counts as in sync", StringComparison.Ordinal)));

        cluster.Start(replica);
        var after = await cluster.WaitUntilWholeAsync();
        Assert.Equal(replica, TestCluster.NodeOf(after, Node).MainServer.Name);
        await cluster.FailOverAsync(Node, replica, main);
        await load.ProgressAsync();
        await load.AuditAsync();
    }

    [Fact]
    public async Task WipedMain_ReplacedByAnOperator_ComesBackAsAnEmptyReplica()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "wiped-replaced");
        var (main, replica) = await cluster.RolesAsync(Node);
        await WipeAsync(cluster, main);
        await cluster.WaitAsync($"{replica} leads", status => status.AllSlotsServed && TestCluster.NodeOf(status, Node).MainServer.Name == replica);

        var run = await ToolRun.OfAsync(string.Join(',', cluster.Plans.Select(plan => plan.Url.ToString())), [], "node", "replace", main);
        Assert.True(run.Code == 0, run.Error);
        cluster.Start(main);

        await cluster.FailOverAsync(Node, replica, main);
        await load.ProgressAsync();
        await load.AuditAsync();
    }

    private static async Task WipeAsync(TestCluster cluster, string server)
    {
        await cluster.Run(server).KillAsync();
        Directory.Delete(cluster.Plan(server).DataDirectory, recursive: true);
    }
}

namespace KvCluster.Tests.Processes;

/// <summary>Servers that stop when asked, and servers that come back without what they had.</summary>
[Collection(ProcessRoom.Name)]
public sealed class RestartTests(SharedCluster shared)
{
    private const string Node = SharedCluster.Node;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Terminated_EveryServerInTurn_EndsWithZeroAndLosesNothing()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "terminated");

        foreach (var server in cluster.Plans)
        {
            Assert.Equal(0, await cluster.Run(server.Name).StopAsync(Cancellation));
            cluster.Start(server.Name);
            await cluster.WaitUntilWholeAsync();
        }

        await load.ProgressAsync();
        await load.AuditAsync();
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
        await cluster.WaitUntilWholeAsync();

        // All that is read from here on is what the wiped server was given.
        await cluster.Run(main).KillAsync();
        await cluster.WaitAsync($"{replica} leads", status => status.AllSlotsServed && TestCluster.NodeOf(status, Node).MainServer.Name == replica);
        await load.ProgressAsync();
        await load.AuditAsync();
    }
}

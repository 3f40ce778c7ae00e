namespace KvCluster.Tests.Processes;

/// <summary>What real clients were told of real servers, through one fault after the other, has an order in which all of it is true.</summary>
[Collection(ProcessRoom.Name)]
public sealed class LinearizableHistoryTests(SharedCluster shared)
{
    private const string Node = SharedCluster.Node;

    [Fact]
    public async Task KillsStandstillsAndHandOvers_LeaveALinearizableHistory()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await RecordedLoad.StartAsync(cluster, Node, "history");

        var (main, replica) = await cluster.RolesAsync(Node);
        await cluster.FailOverAsync(Node, main, replica);
        await load.ProgressAsync();
        cluster.Start(main);

        // It is replaced while it stands still, and wakes up with requests in its sockets.
        var sleeper = TestCluster.NodeOf(await cluster.WaitUntilWholeAsync(), Node).MainServer.Name;
        cluster.Run(sleeper).Pause();
        await cluster.WaitAsync($"{sleeper} is replaced", status => status.AllSlotsServed && TestCluster.NodeOf(status, Node).MainServer.Name != sleeper);
        cluster.Run(sleeper).Resume();
        await load.ProgressAsync();

        var node = TestCluster.NodeOf(await cluster.WaitUntilWholeAsync(), Node);
        using (var client = cluster.Connect()) await client.Operator.HandOverAsync(node.Id, TestContext.Current.CancellationToken);
        await load.ProgressAsync();

        await cluster.WaitUntilWholeAsync();
        await Task.WhenAll(node.Servers.Select(server => cluster.Run(server.Name).KillAsync()));
        foreach (var server in node.Servers) cluster.Start(server.Name);
        await cluster.WaitUntilWholeAsync();
        await load.ProgressAsync();
        await load.AssertLinearizableAsync();
    }
}

namespace KvCluster.Tests.Processes;

/// <summary>Servers whose standard output goes into a pipe that nobody empties, as behind a log collector that hangs.</summary>
[Collection(ProcessRoom.Name)]
public sealed class UnreadOutputTests(SharedCluster shared)
{
    private const string Node = SharedCluster.Node;

    // Several lines each: far more than a pipe and the logger's own queue hold together.
    private const int Writes = 3_000;

    [Fact]
    public async Task ServersWhoseOutputNobodyReads_ServeOn_AndKeepTheirRoles()
    {
        var cluster = await shared.TakeAsync();
        await cluster.WaitUntilWholeAsync();
        var (main, replica) = await cluster.RolesAsync(Node);
        foreach (var server in new[] { replica, main })
        {
            await cluster.Run(server).KillAsync();
            cluster.Start(server, new Dictionary<string, string> { ["Logging__LogLevel__Microsoft.AspNetCore"] = "Information" }, isHeard: false);
            await cluster.WaitUntilWholeAsync();
        }

        await using var load = await CheckedLoad.StartAsync(cluster, Node, "unread-output");
        var before = TestCluster.NodeOf(await cluster.WaitUntilWholeAsync(), Node);
        await load.ProgressAsync(Writes);

        var after = TestCluster.NodeOf(await cluster.WaitUntilWholeAsync(), Node);
        Assert.Equal((before.Epoch, before.Main), (after.Epoch, after.Main));
        Assert.Equal((0, 0), (load.Unknown, load.Refused));
        await load.AuditAsync();
        foreach (var server in new[] { replica, main }) await cluster.RestartAsync(server);
    }
}

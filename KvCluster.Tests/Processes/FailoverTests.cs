namespace KvCluster.Tests.Processes;

/// <summary>Servers die and stand still under a load that remembers every promise; whatever was acknowledged is there at the end.</summary>
[Collection(ProcessRoom.Name)]
public sealed class FailoverTests(SharedCluster shared)
{
    private const string Node = SharedCluster.Node;

    [Fact]
    public async Task AcknowledgedWrites_SurviveKilledMain()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "killed-main");
        var (main, replica) = await cluster.RolesAsync(Node);

        await cluster.Run(main).KillAsync();
        await load.ProgressAsync();

        Assert.Equal(replica, (await cluster.RolesAsync(Node)).Main);
        cluster.Start(main);
        await cluster.WaitUntilWholeAsync();
        await load.ProgressAsync();
        await load.AuditAsync();
    }

    [Fact]
    public async Task Writes_GoOnWithOneCopyWhileTheReplicaIsDead()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "killed-replica");
        var (main, replica) = await cluster.RolesAsync(Node);
        Assert.Equal(2, load.LastCopies);

        await cluster.Run(replica).KillAsync();
        await cluster.WaitAsync($"{replica} is out of the in-sync set", status => TestCluster.NodeOf(status, Node).InSync.Length == 1);
        await load.ProgressAsync();
        Assert.Equal(1, load.LastCopies);

        cluster.Start(replica);
        await cluster.WaitUntilWholeAsync();
        await load.ProgressAsync();
        Assert.Equal(2, load.LastCopies);
        Assert.Equal(main, (await cluster.RolesAsync(Node)).Main);
        await load.AuditAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AcknowledgedWrites_SurviveBothServersKilled(bool mainReturnsFirst)
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, $"killed-both-{mainReturnsFirst}");
        var (main, replica) = await cluster.RolesAsync(Node);

        await Task.WhenAll(cluster.Run(main).KillAsync(), cluster.Run(replica).KillAsync());
        var first = mainReturnsFirst ? main : replica;
        cluster.Start(first);
        await cluster.WaitAsync($"{first} serves alone", status => status.AllSlotsServed && TestCluster.NodeOf(status, Node).MainServer.Name == first);
        await load.ProgressAsync();

        cluster.Start(mainReturnsFirst ? replica : main);
        await cluster.WaitUntilWholeAsync();
        await load.AuditAsync();
    }

    [Fact]
    public async Task AcknowledgedWrites_SurviveEveryServerKilled()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "killed-all");
        await using var other = await CheckedLoad.StartAsync(cluster, "kv-master", "killed-all-master");

        await Task.WhenAll(cluster.Plans.Select(server => cluster.Run(server.Name).KillAsync()));
        await cluster.HealAsync();

        await load.ProgressAsync();
        await load.AuditAsync();
        await other.AuditAsync();
    }

    [Fact]
    public async Task HandOver_UnderLoad_NoClientSeesAnError()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "hand-over");
        var (main, replica) = await cluster.RolesAsync(Node);
        var node = TestCluster.NodeOf(await cluster.WaitUntilWholeAsync(), Node);

        using var answer = await cluster.Http.PostAsync(
            new Uri(cluster.Plan(main).Url, $"/cluster/nodes/{node.Id.Value}/handover"), null, TestContext.Current.CancellationToken);

        Assert.Equal(System.Net.HttpStatusCode.NoContent, answer.StatusCode);
        await cluster.WaitAsync($"{replica} is main", status => status.AllSlotsServed && TestCluster.NodeOf(status, Node).MainServer.Name == replica);
        await load.ProgressAsync();
        await load.AuditAsync();
        Assert.Equal((0, 0), (load.Unknown, load.Refused));
    }
}

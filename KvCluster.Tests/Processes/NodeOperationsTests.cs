using KvCluster.Client;
using KvCluster.Node.Host;
using KvCluster.Tests.Cli;

namespace KvCluster.Tests.Processes;

/// <summary>What an operator does with <c>kv</c> to a cluster that runs and is written to.</summary>
[Collection(ProcessRoom.Name)]
public sealed class NodeOperationsTests(SharedCluster shared)
{
    private const string Node = SharedCluster.Node;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LostReplica_IsReplacedByAnEmptyServer_WhileWritesGoOn()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "replaced");
        var (_, replica) = await cluster.RolesAsync(Node);
        var before = TestCluster.NodeOf(await cluster.WaitUntilWholeAsync(), Node).ReplicaServer!.Id;

        var run = await KvAsync(cluster, "node", "replace", replica);

        Assert.Equal(0, run.Code);
        Assert.Contains($"KvNode__Node={Node}", run.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Refused, await cluster.Run(replica).WaitForExitAsync(Cancellation));
        Assert.Contains("it was removed or replaced", cluster.Run(replica).Printed, StringComparison.Ordinal);
        await load.ProgressAsync();
        var why = await KvAsync(cluster, "why");
        Assert.Equal(1, why.Code);
        Assert.Contains($"{Node}: it has one server", why.Output, StringComparison.Ordinal);

        Directory.Delete(cluster.Plan(replica).DataDirectory, recursive: true);
        cluster.Start(replica);
        var after = await cluster.WaitUntilWholeAsync();
        Assert.NotEqual(before, TestCluster.NodeOf(after, Node).ReplicaServer!.Id);
        await load.ProgressAsync();
        await load.AuditAsync();
    }

    [Fact]
    public async Task HandOver_ByTheTool_SwapsTheRoles()
    {
        var cluster = await shared.TakeAsync();
        await cluster.WaitUntilWholeAsync();
        var (main, replica) = await cluster.RolesAsync(Node);

        Assert.Equal(0, (await KvAsync(cluster, "node", "handover", Node)).Code);

        await cluster.WaitAsync($"{replica} is main", status => status.AllSlotsServed && TestCluster.NodeOf(status, Node).MainServer.Name == replica);
        await cluster.WaitUntilWholeAsync();
        await cluster.WaitAsync("three servers vote", status => status.Topology.Voters.Length == 3);
        var why = await KvAsync(cluster, "why");
        Assert.True(why.Code == 0, why.Output);
        Assert.Contains($"{Node}: fully protected", why.Output, StringComparison.Ordinal);
        Assert.Equal(main, (await cluster.RolesAsync(Node)).Replica);
    }

    [Fact]
    public async Task NodeWithSlots_IsRemovedOnlyByForce_AndItsSlotsAreServedByTheOthers()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the signals of a Unix system.");
        await using var cluster = await TestCluster.StartAsync(slaves: 1);
        var node = TestCluster.NodeOf(await cluster.WaitUntilWholeAsync(), Node);
        using var client = cluster.Connect();
        var key = Enumerable.Range(0, 1_000).Select(number => $"lost/{number}").First(name => node.Owns(new KvKey(name).Slot));
        await client.PutAsync(key, "value", cancellationToken: Cancellation);

        var refused = await KvAsync(cluster, "node", "remove", Node);
        Assert.Equal(1, refused.Code);
        Assert.Contains("node-has-slots", refused.Error, StringComparison.Ordinal);

        var forced = await KvAsync(cluster, "node", "remove", Node, "--force");
        Assert.Equal(0, forced.Code);
        Assert.Contains("is lost", forced.Error, StringComparison.Ordinal);
        foreach (var server in node.Servers) Assert.Equal(ExitCodes.Refused, await cluster.Run(server.Name).WaitForExitAsync(Cancellation));
        await cluster.WaitAsync("the other node serves every slot", status => status.AllSlotsServed && status.Topology.Nodes.Length == 1);
        Assert.False((await client.GetAsync(key, cancellationToken: Cancellation)).Found);
        Assert.True((await client.PutAsync(key, "anew", cancellationToken: Cancellation)).Succeeded);
    }

    private static Task<ToolRun> KvAsync(TestCluster cluster, params string[] arguments) =>
        ToolRun.OfAsync(string.Join(',', cluster.Plans.Select(plan => plan.Url.ToString())), [], arguments);
}

using KvCluster.Client;
using KvCluster.Hosting.Plan;
using KvCluster.Node.Host;
using KvCluster.Tests.Cli;
using KvCluster.Tests.Hosting;

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

    // The node holds the master's office and two of the three votes: nothing of that goes with it.
    [Fact]
    public async Task NodeWithSlots_IsRemovedOnlyByForce_AndItsSlotsAreServedByTheOthers()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the signals of a Unix system.");
        await using var cluster = await TestCluster.StartAsync(slaves: 1);
        var topology = (await cluster.WaitUntilWholeAsync()).Topology;
        var node = topology.Nodes.Single(info => topology.Voters.Count(voter => info.Find(voter.Server) is not null) == 2);
        using var client = cluster.Connect();
        var key = Enumerable.Range(0, 1_000).Select(number => $"lost/{number}").First(name => node.Owns(new KvKey(name).Slot));
        await client.PutAsync(key, "value", cancellationToken: Cancellation);
        Assert.Equal(0, (await KvAsync(cluster, "master", "move", node.MainServer.Name)).Code);

        var refused = await KvAsync(cluster, "node", "remove", node.Name);
        Assert.Equal(1, refused.Code);
        Assert.Contains("node-has-slots", refused.Error, StringComparison.Ordinal);
        var holdsOffice = await KvAsync(cluster, "node", "remove", node.Name, "--force");
        Assert.Equal(1, holdsOffice.Code);
        Assert.Contains("kv master move", holdsOffice.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await KvAsync(cluster, "master", "move")).Code);

        var forced = await KvAsync(cluster, "node", "remove", node.Name, "--force");
        Assert.True(forced.Code == 0, forced.Error);
        Assert.Contains("is lost", forced.Error, StringComparison.Ordinal);
        foreach (var server in node.Servers) Assert.Equal(ExitCodes.Refused, await cluster.Run(server.Name).WaitForExitAsync(Cancellation));
        var left = await cluster.WaitAsync("the other node serves every slot", status => status.AllSlotsServed && status.Topology.Nodes.Length == 1);
        Assert.False((await client.GetAsync(key, cancellationToken: Cancellation)).Found);
        Assert.True((await client.PutAsync(key, "anew", cancellationToken: Cancellation)).Succeeded);

        // The register has a majority: it can be changed.
        Assert.All(left.Topology.Voters, voter => Assert.NotNull(left.Topology.FindServer(voter.Server)));
        using var change = await cluster.Http.PutAsync(new Uri(await cluster.MasterUrlAsync(), "/cluster/settings/write-mode/Relaxed"), null, Cancellation);
        Assert.Equal(System.Net.HttpStatusCode.NoContent, change.StatusCode);
    }

    [Fact]
    public async Task ReplicasOfAllNodes_RemovedAtOnce_LeaveARegisterThatCanBeChanged()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the signals of a Unix system.");
        await using var cluster = await TestCluster.StartAsync(slaves: 1);
        var topology = (await cluster.WaitUntilWholeAsync()).Topology;
        await KvAsync(cluster, "master", "move", topology.Nodes[0].MainServer.Name);

        foreach (var node in topology.Nodes) Assert.Equal(0, (await KvAsync(cluster, "node", "remove-replica", node.Name)).Code);

        foreach (var node in topology.Nodes) Assert.Equal(ExitCodes.Refused, await cluster.Run(node.ReplicaServer!.Name).WaitForExitAsync(Cancellation));
        var left = await cluster.WaitAsync("every slot is served", status => status.AllSlotsServed && status.Topology.Servers.Count() == 2);
        Assert.All(left.Topology.Voters, voter => Assert.NotNull(left.Topology.FindServer(voter.Server)));

        // Whoever starts it again: a folder that was taken out does not come back. One that was not told learns it from the master.
        var (told, untold) = (topology.Nodes[0].ReplicaServer!.Name, topology.Nodes[1].ReplicaServer!.Name);
        File.Delete(Path.Combine(cluster.Plan(untold).DataDirectory, "removed"));
        foreach (var name in new[] { told, untold, untold })
        {
            cluster.Start(name);
            Assert.Equal(ExitCodes.Refused, await cluster.Run(name).WaitForExitAsync(Cancellation));
        }

        Assert.Contains("was removed or replaced", cluster.Run(told).Printed, StringComparison.Ordinal);
        Assert.Contains("empty data folder", cluster.Run(untold).Printed, StringComparison.Ordinal);

        var invited = KvAsync(cluster, "node", "add-replica", topology.Nodes[0].Name, "--wait");
        Directory.Delete(cluster.Plan(told).DataDirectory, recursive: true);
        cluster.Start(told);
        Assert.Contains($"KvNode__Node={topology.Nodes[0].Name}", (await invited).Output, StringComparison.Ordinal);
        Assert.Equal(2, (await KvAsync(cluster, "node", "add-replica", topology.Nodes[0].Name)).Code);
        Assert.Equal(2, (await KvAsync(cluster, "node", "remove-replica", topology.Nodes[1].Name)).Code);
    }

    [Fact]
    public async Task NodeWithoutSlots_IsRemovedWithoutForce()
    {
        var cluster = await shared.TakeAsync();
        await cluster.WaitUntilWholeAsync();
        await using var late = new SingleServer();
        late.Environment[ServerEnvironment.Name] = late.Environment[ServerEnvironment.Node] = "late";
        late.Environment[ServerEnvironment.Bootstrap] = "false";
        late.Environment[ServerEnvironment.PreferredRole] = "Main";
        late.Environment[ServerEnvironment.Seeds] = (await cluster.MasterUrlAsync()).ToString();
        var run = late.Start();
        await cluster.WaitAsync("the late node is there", status => status.Topology.Nodes.Any(node => node.Name == "late"));

        Assert.Equal(0, (await KvAsync(cluster, "node", "remove", "late")).Code);

        Assert.Equal(ExitCodes.Refused, await run.WaitForExitAsync(Cancellation));
        await cluster.WaitUntilWholeAsync();
        Assert.Equal(2, (await KvAsync(cluster, "node", "remove", "late")).Code);
    }

    [Fact]
    public async Task LostWitness_ComesBackWithAnEmptyDisk_IsReplaced_AndIsRemoved()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the signals of a Unix system.");
        await using var cluster = await TestCluster.StartAsync(slaves: 0);
        var before = (await cluster.WaitUntilWholeAsync()).Topology;
        var witness = Assert.Single(before.Witnesses);
        await cluster.Run(witness.Name).KillAsync();
        Directory.Delete(cluster.Plan(witness.Name).DataDirectory, recursive: true);

        cluster.Start(witness.Name);

        await cluster.WaitAsync("the witness has a new vote", status => status.Topology.Witnesses is [{ } back] && back.VoterId != witness.VoterId);
        var after = (await cluster.WaitUntilWholeAsync()).Topology;
        Assert.Contains(after.Voters, voter => voter.VoterId == after.Witnesses[0].VoterId);

        var run = await KvAsync(cluster, "node", "replace", witness.Name);
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("KvNode__Kind=Witness", run.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Refused, await cluster.Run(witness.Name).WaitForExitAsync(Cancellation));
        Directory.Delete(cluster.Plan(witness.Name).DataDirectory, recursive: true);
        cluster.Start(witness.Name);
        Assert.Equal(3, (await cluster.WaitUntilWholeAsync()).Topology.Voters.Length);

        Assert.Equal(0, (await KvAsync(cluster, "node", "remove-witness", witness.Name)).Code);
        Assert.Equal(ExitCodes.Refused, await cluster.Run(witness.Name).WaitForExitAsync(Cancellation));
        var left = (await cluster.WaitAsync("one server votes", status => status.Topology.Servers.Count() == 2)).Topology;
        Assert.NotNull(left.FindServer(Assert.Single(left.Voters).Server));
        Assert.Equal(2, (await KvAsync(cluster, "node", "remove-witness", witness.Name)).Code);
    }

    [Fact]
    public async Task MastersOffice_IsMoved_WithoutAnErrorToAnybody()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "office");
        await using var masters = await CheckedLoad.StartAsync(cluster, "kv-master", "office-master");
        var before = (await cluster.WaitUntilWholeAsync()).Topology;

        var run = await KvAsync(cluster, "master", "move");

        Assert.True(run.Code == 0, run.Error);
        var after = (await cluster.WaitAsync("another server is the master", status => status.Topology.Master != before.Master)).Topology;
        Assert.NotEqual(before.MasterNode!.Id, after.MasterNode!.Id);
        Assert.Equal(0, (await KvAsync(cluster, "master", "move", before.FindServer(before.Master)!.Name)).Code);
        await cluster.WaitAsync("the first one is it again", status => status.Topology.Master == before.Master);
        Assert.Equal(2, (await KvAsync(cluster, "master", "move", "nobody")).Code);
        await load.ProgressAsync();
        await masters.ProgressAsync();
        Assert.Equal((0, 0, 0, 0), (load.Refused, load.Unknown, masters.Refused, masters.Unknown));
    }

    private static Task<ToolRun> KvAsync(TestCluster cluster, params string[] arguments) =>
        ToolRun.OfAsync(string.Join(',', cluster.Plans.Select(plan => plan.Url.ToString())), [], arguments);
}

using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Processes;

/// <summary>The master is a server like any other: it dies, is replaced, and nobody who reads or writes elsewhere notices.</summary>
[Collection(ProcessRoom.Name)]
public sealed class MasterTests(SharedCluster shared)
{
    private const int Kills = 20;
    private const string MasterNode = "kv-master";

    [Fact]
    public async Task KilledMaster_IsReplaced_AndNobodySeesAnError()
    {
        var cluster = await shared.TakeAsync();
        await WaitForVotersAsync(cluster);
        await using var one = await CheckedLoad.StartAsync(cluster, MasterNode, "master-one");
        await using var other = await CheckedLoad.StartAsync(cluster, SharedCluster.Node, "master-other");
        for (var kill = 0; kill < Kills; kill++)
        {
            var before = await cluster.WaitUntilWholeAsync();
            var master = before.Topology.FindServer(before.Topology.Master)!;
            var own = before.Topology.NodeOf(master.Id)!;

            await cluster.Run(master.Name).KillAsync();
            await cluster.WaitAsync(
                $"another server than {master.Name} is master and every slot is served",
                status => status.AllSlotsServed && status.Topology.Master != master.Id && NodeOf(status, own).Main != master.Id);
            await one.ProgressAsync();
            await other.ProgressAsync();
            Assert.Equal((kill, 0, 0, 0, 0), (kill, one.Unknown, one.Refused, other.Unknown, other.Refused));
            cluster.Start(master.Name);
        }

        await one.AuditAsync();
        await other.AuditAsync();
    }

    [Fact]
    public async Task MasterThatMissesMostServers_ChangesNothingOfItsOwnAccord()
    {
        var cluster = await shared.TakeAsync();
        await WaitForVotersAsync(cluster);
        var before = (await cluster.WaitUntilWholeAsync()).Topology;
        var master = before.FindServer(before.Master)!.Name;
        var printed = cluster.Run(master).Printed.Length;

        foreach (var server in before.Servers.Where(server => server.Name != master)) cluster.Run(server.Name).Pause();
        await TestCluster.PollAsync($"{master} holds back", () => Task.FromResult(
            cluster.Run(master).Printed[printed..].Contains("changes nothing of its own accord: 3 of 4 servers are out of sight", StringComparison.Ordinal)));

        var after = (await cluster.HealAsync()).Topology;
        Assert.Equal((before.Generation, before.Lineage), (after.Generation, after.Lineage));
        Assert.Equal(before.Voters, after.Voters);
    }

    [Fact]
    public async Task KilledMain_IsReplacedOnlyWhenAMajorityOfVotersIsThere()
    {
        var cluster = await shared.TakeAsync();
        var topology = (await WaitForVotersAsync(cluster)).Topology;
        var node = TestCluster.NodeOf(await cluster.WaitUntilWholeAsync(), SharedCluster.Node);
        var (main, replica) = (node.MainServer.Name, node.ReplicaServer!.Name);
        var dead = topology.Voters.Select(voter => topology.FindServer(voter.Server)!.Name).Append(main).Where(name => name != replica).Distinct().ToArray();
        Assert.True(topology.Voters.Count(voter => dead.Contains(topology.FindServer(voter.Server)!.Name)) >= 2, "A majority of the voters is to be killed.");
        await using var load = await CheckedLoad.StartAsync(cluster, node.Name, "no-majority");

        await Task.WhenAll(dead.Select(name => cluster.Run(name).KillAsync()));
        var printed = cluster.Run(replica).Printed.Length;
        await TestCluster.PollAsync($"{replica} asks in vain", () => Task.FromResult(
            cluster.Run(replica).Printed[printed..].Contains("Takeover was refused: The topology register did not answer", StringComparison.Ordinal)));
        var alone = await cluster.WaitAsync("somebody answers", _ => true);
        Assert.Equal(main, NodeOf(alone, node).MainServer.Name);
        Assert.False(alone.AllSlotsServed);

        foreach (var name in dead.Where(name => name != main)) cluster.Start(name);
        await cluster.WaitAsync($"{replica} is main", status => NodeOf(status, node).MainServer.Name == replica);
        await load.ProgressAsync();
        await load.AuditAsync();
    }

    [Fact]
    public async Task OneNodeWithAWitness_FailsOverUnattended()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the signals of a Unix system.");
        await using var cluster = await TestCluster.StartAsync(slaves: 0);
        await WaitForVotersAsync(cluster);
        await using var load = await CheckedLoad.StartAsync(cluster, MasterNode, "witness");
        var (main, replica) = await cluster.RolesAsync(MasterNode);

        await cluster.FailOverAsync(MasterNode, main, replica);
        await load.ProgressAsync();

        Assert.Single(TestCluster.NodeOf(await cluster.WaitAsync("it answers", _ => true), MasterNode).InSync);
        await load.AuditAsync();
    }

    private static Task<ClusterStatus> WaitForVotersAsync(TestCluster cluster) =>
        cluster.WaitAsync("three servers vote", status => status.Topology.Voters.Length == 3 && status.AllSlotsServed);

    private static NodeInfo NodeOf(ClusterStatus status, NodeInfo node) => status.Topology.Find(node.Id)!;
}

using KvCluster.Client;

namespace KvCluster.Tests.Processes;

/// <summary>Two of three voters lose their disks for good: nothing can be changed until an operator restores the register, and no data is lost by it.</summary>
[Collection(ProcessRoom.Name)]
public sealed class RestoreTests
{
    private const string Node = SharedCluster.Node;
    private const string MasterNode = "kv-master";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task MostVotersDestroyed_AreReplacedByARestore_AndNoDataIsLost()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the signals of a Unix system.");
        await using var cluster = await TestCluster.StartAsync(slaves: 1, new Dictionary<string, string> { ["KvNode__BeaconMilliseconds"] = "200" });
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "restore");
        await using var masters = await CheckedLoad.StartAsync(cluster, MasterNode, "restore-master");
        var before = (await cluster.WaitUntilWholeAsync()).Topology;
        using var client = cluster.Connect();
        var refused = await Assert.ThrowsAsync<KvRequestException>(() => client.Operator.RestoreRegisterAsync(before.Version, Cancellation));
        Assert.Contains("majority of the voters answers", refused.Message, StringComparison.Ordinal);

        // One voter of each node, so that each node keeps a copy.
        string[] destroyed = [.. before.Nodes.Select(node => before.Voters.Select(voter => node.Find(voter.Server)).First(server => server is not null)!.Name)];
        await Task.WhenAll(destroyed.Select(name => cluster.Run(name).KillAsync()));
        foreach (var name in destroyed) Directory.Delete(cluster.Plan(name).DataDirectory, recursive: true);
        await RestoreAsync(cluster, client);

        await load.ProgressAsync();
        await masters.ProgressAsync();
        foreach (var name in destroyed) cluster.Start(name);
        var after = (await cluster.WaitUntilWholeAsync()).Topology;
        Assert.Equal(before.ClusterId, after.ClusterId);
        Assert.True(after.Lineage > before.Lineage);
        Assert.Equal(3, after.Voters.Length);
        await load.AuditAsync();
        await masters.AuditAsync();
    }

    // The last changes before the loss may still be on their way to those who are left.
    private static async Task RestoreAsync(TestCluster cluster, KvClusterClient client)
    {
        var said = "";
        await TestCluster.PollAsync("the register is restored", async () =>
        {
            try
            {
                var seen = await cluster.WaitAsync("somebody knows the topology", _ => true);
                await client.Operator.RestoreRegisterAsync(seen.Topology.Version, Cancellation);
                return true;
            }
            catch (KvClusterException refused)
            {
                said = refused.Message;
                return false;
            }
        });
        TestContext.Current.TestOutputHelper?.WriteLine(said);
    }
}

using System.Net;
using System.Net.Http.Json;
using KvCluster.Client;
using KvCluster.Hosting.Plan;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;
using KvCluster.Tests.Cli;

namespace KvCluster.Tests.Processes;

/// <summary>Two of three voters lose their disks for good: nothing can be changed until an operator restores the register, and no data is lost by it.</summary>
[Collection(ProcessRoom.Name)]
public sealed class RestoreTests
{
    private const string Node = SharedCluster.Node;
    private const string MasterNode = "kv-master";
    private static readonly Dictionary<string, string> SlowBeacon = new() { ["KvNode__BeaconMilliseconds"] = "200" };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task MostVotersDestroyed_AreReplacedByARestore_AndNoDataIsLost(bool othersRestart)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the signals of a Unix system.");
        await using var cluster = await TestCluster.StartAsync(slaves: 1, SlowBeacon);
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "restore");
        await using var masters = await CheckedLoad.StartAsync(cluster, MasterNode, "restore-master");
        var before = (await cluster.WaitUntilWholeAsync()).Topology;
        var refused = await KvAsync(cluster, "cluster", "restore", "--yes");
        Assert.Equal(1, refused.Code);
        Assert.Contains("majority of the voters answers", refused.Error, StringComparison.Ordinal);

        // One voter of each node, so that each node keeps a copy.
        string[] destroyed = [.. before.Nodes.Select(node => before.Voters.Select(voter => node.Find(voter.Server)).First(server => server is not null)!.Name)];
        string[] left = [.. before.Servers.Select(server => server.Name).Except(destroyed)];
        await Task.WhenAll((othersRestart ? [.. destroyed, .. left] : destroyed).Select(name => cluster.Run(name).KillAsync()));
        foreach (var name in destroyed) Directory.Delete(cluster.Plan(name).DataDirectory, recursive: true);
        if (othersRestart)
        {
            // The vote that is left is the only one that remembers anything: whoever restores has to ask for it.
            foreach (var name in left) File.Delete(Path.Combine(cluster.Plan(name).DataDirectory, "topology.json"));
            foreach (var name in left) cluster.Start(name);
        }

        Assert.Equal(othersRestart, (await RestoreAsync(cluster, destroyed)).Contains("in its vote", StringComparison.Ordinal));

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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task VoteOfTheOnlyVoter_LostOrDamaged_IsRestored(bool isLost)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the signals of a Unix system.");
        await using var cluster = await TestCluster.StartAsync(new ClusterPlanOptions { Slaves = 0, Replicas = false, Witness = false });
        using var client = cluster.Connect();
        await client.PutAsync("key", "value", cancellationToken: Cancellation);
        var before = (await cluster.WaitUntilWholeAsync()).Topology;
        await cluster.Run(MasterNode).KillAsync();
        var vote = Path.Combine(cluster.Plan(MasterNode).DataDirectory, "voter.json");
        if (isLost) File.Delete(vote);
        else await File.WriteAllTextAsync(vote, "{", Cancellation);
        cluster.Start(MasterNode);

        await RestoreAsync(cluster, []);

        var after = (await cluster.WaitUntilWholeAsync()).Topology;
        Assert.Equal(before.ClusterId, after.ClusterId);
        Assert.Equal("value", (await client.GetAsync("key", cancellationToken: Cancellation)).Text);
        Assert.True((await client.PutAsync("key", "again", cancellationToken: Cancellation)).Succeeded);
        await cluster.RestartAsync(MasterNode);
        await cluster.WaitUntilWholeAsync();
        Assert.Equal("again", (await client.GetAsync("key", cancellationToken: Cancellation)).Text);
    }

    [Fact]
    public async Task MostVotersGone_ReadsAndWritesGoOn_AndNothingIsChanged()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the signals of a Unix system.");
        await using var cluster = await TestCluster.StartAsync(new ClusterPlanOptions { Slaves = 2, Replicas = false, Witness = false });
        await using var load = await CheckedLoad.StartAsync(cluster, MasterNode, "on");
        var before = (await cluster.WaitUntilWholeAsync()).Topology;
        Assert.Equal(3, before.Voters.Length);
        string[] gone = [.. before.Nodes.Where(node => node.Name != MasterNode).Select(node => node.MainServer.Name)];

        await Task.WhenAll(gone.Select(name => cluster.Run(name).KillAsync()));

        using (var change = await cluster.Http.PutAsync(new Uri(cluster.Plan(MasterNode).Url, "/cluster/settings/write-mode/Relaxed"), null, Cancellation))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, change.StatusCode);
            Assert.Equal(ProblemCode.RegisterUnavailable, (await change.Content.ReadFromJsonAsync(KvJson.Default.KvProblem, Cancellation))!.Code);
        }

        await load.ProgressAsync(200);
        foreach (var key in load.Keys.Take(20))
            Assert.True((await load.Client.GetAsync(key, new KvReadOptions { Consistency = KvConsistency.Linearizable }, Cancellation)).Found);
        Assert.Equal((0, 0), (load.Refused, load.Unknown));
        var after = (await cluster.HealAsync()).Topology;
        Assert.Equal((before.ClusterId, before.Lineage, before.Settings.WriteMode), (after.ClusterId, after.Lineage, after.Settings.WriteMode));
    }

    // The last changes before the loss may still be on their way to those who are left, and who starts is not asked yet.
    private static async Task<string> RestoreAsync(TestCluster cluster, string[] destroyed)
    {
        ToolRun run = null!;
        await TestCluster.PollAsync("the loss is told", async () =>
        {
            run = await KvAsync(cluster, "cluster", "restore");
            return run.Code == 2 && destroyed.All(name => run.Error.Contains(name, StringComparison.Ordinal));
        });
        Assert.Contains("Nothing was changed", run.Error, StringComparison.Ordinal);
        Assert.Contains("The newest topology in reach is version", run.Error, StringComparison.Ordinal);
        await TestCluster.PollAsync("the register is restored", async () => (run = await KvAsync(cluster, "cluster", "restore", "--yes")).Code == 0);
        TestContext.Current.TestOutputHelper?.WriteLine(run.Error);
        Assert.Contains("The register was restored from version", run.Error, StringComparison.Ordinal);
        return run.Error;
    }

    private static Task<ToolRun> KvAsync(TestCluster cluster, params string[] arguments) =>
        ToolRun.OfAsync(string.Join(',', cluster.Plans.Select(plan => plan.Url.ToString())), [], arguments);
}

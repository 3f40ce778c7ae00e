using KvCluster.Client;
using KvCluster.Hosting.Plan;
using KvCluster.Node.Host;
using KvCluster.Tests.Hosting;

namespace KvCluster.Tests.Processes;

/// <summary>From a list of lone servers to nodes of two, one configuration after the other, and back.</summary>
[Collection(ProcessRoom.Name)]
public sealed class MigrationPathTests
{
    private const string Node = SharedCluster.Node;
    private static readonly ClusterPlanOptions SingleCopies = new() { Slaves = 1, Replicas = false, Witness = false };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StaticList_OfServersWithoutAMasterOverThem_SharesTheKeys()
    {
        await using var first = new SingleServer();
        await using var second = new SingleServer();
        foreach (var server in new[] { first, second })
        {
            var run = server.Start();
            await run.WaitUntilHealthyAsync(server.Url);
        }

        using var client = KvClusterClient.Connect($"{first.Url.Authority},{second.Url.Authority};mode=static");
        var keys = Enumerable.Range(0, 50).Select(number => $"key/{number}").ToArray();
        foreach (var key in keys) await client.PutAsync(key, $"value of {key}", cancellationToken: Cancellation);

        foreach (var key in keys) Assert.Equal($"value of {key}", (await client.GetAsync(key, cancellationToken: Cancellation)).Text);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        Assert.Equal(keys.Length, await CountAsync(first) + await CountAsync(second));
        Assert.NotInRange(await CountAsync(first), 0, 5);
        Assert.NotInRange(await CountAsync(second), 0, 5);

        async Task<int> CountAsync(SingleServer server)
        {
            var found = 0;
            foreach (var key in keys)
            {
                using var answer = await http.GetAsync(new Uri(server.Url, $"/kv/{key}"), Cancellation);
                if (answer.IsSuccessStatusCode) found++;
            }

            return found;
        }
    }

    [Fact]
    public async Task Replication_SwitchedOnUnderLoad_AndOffAgain_LosesNothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the signals of a Unix system.");
        await using var cluster = await TestCluster.StartAsync(SingleCopies);
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "later");
        await using var masters = await CheckedLoad.StartAsync(cluster, ClusterPlanBuilder.MasterNode, "later-master");
        Assert.Equal(1, load.LastCopies);

        cluster.Replan(SingleCopies with { Replicas = true });
        await cluster.HealAsync();
        await load.ProgressAsync();
        Assert.Equal((0, 0, 0, 0), (load.Refused, load.Unknown, masters.Refused, masters.Unknown));
        Assert.Equal(2, load.LastCopies);

        // What is read from here on, the replica has: also what was written before there was one.
        await cluster.FailOverAsync(Node, Node, (await cluster.RolesAsync(Node)).Replica);
        await load.ProgressAsync();
        await load.AuditAsync();
        await masters.AuditAsync();
        await SwitchOffAsync(cluster);
    }

    private static async Task SwitchOffAsync(TestCluster cluster)
    {
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "back");
        await using var masters = await CheckedLoad.StartAsync(cluster, ClusterPlanBuilder.MasterNode, "back-master");
        var topology = (await cluster.WaitUntilWholeAsync()).Topology;
        using var client = cluster.Connect();
        var keys = Enumerable.Range(0, 100).Select(number => $"kept/{number}").ToArray();
        foreach (var key in keys) await client.PutAsync(key, $"value of {key}", cancellationToken: Cancellation);
        await client.Operator.MoveMasterAsync(topology.Nodes[0].Main, Cancellation);

        foreach (var node in topology.Nodes)
        {
            await client.Operator.RemoveServerAsync(node.ReplicaServer!.Id, Cancellation);
            Assert.Equal(ExitCodes.Refused, await cluster.Run(node.ReplicaServer.Name).WaitForExitAsync(Cancellation));
        }

        await load.ProgressAsync();
        await masters.ProgressAsync();
        Assert.Equal((0, 0, 1), (load.Refused, load.Unknown, load.LastCopies));
        Assert.Equal((0, 0, 1), (masters.Refused, masters.Unknown, masters.LastCopies));
        await cluster.WaitAsync("each node is one server", status => status.AllSlotsServed && status.Topology.Nodes.All(node => node.Servers.Length == 1));
        foreach (var key in keys)
            Assert.Equal($"value of {key}", (await client.GetAsync(key, new KvReadOptions { Consistency = KvConsistency.Linearizable }, Cancellation)).Text);
    }
}

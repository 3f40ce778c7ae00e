using KvCluster.Client;
using KvCluster.Protocol.Contracts;
using KvCluster.Tests.Cli;

namespace KvCluster.Tests.Processes;

/// <summary>The only copy is gone and an older one is left: nobody takes it but an operator who was told what is lost.</summary>
[Collection(ProcessRoom.Name)]
public sealed class ForcedPromotionTests(SharedCluster shared)
{
    private const string Node = SharedCluster.Node;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ServerOutOfSync_LeadsByForceAlone_AndTheLostMainFollowsItAfterwards()
    {
        var cluster = await shared.TakeAsync();
        using var client = cluster.Connect();
        var node = TestCluster.NodeOf(await cluster.WaitUntilWholeAsync(), Node);
        var (main, replica) = (node.MainServer.Name, node.ReplicaServer!.Name);
        var keys = Enumerable.Range(0, 1_000).Select(number => $"forced/{number}").Where(name => node.Owns(new KvKey(name).Slot)).Take(3).ToArray();
        await client.PutAsync(keys[0], "on both", cancellationToken: Cancellation);
        await LoseAsync(cluster, client, main, replica, keys[1]);

        var asked = await KvAsync(cluster, "node", "promote", replica);
        Assert.NotEqual(0, asked.Code);
        Assert.Contains("is lost for good", asked.Error, StringComparison.Ordinal);
        Assert.Contains($"{replica} has the log up to entry", asked.Error, StringComparison.Ordinal);
        Assert.Equal(main, (await cluster.RolesAsync(Node)).Main);

        // Refused as long as the lost main may only be slow.
        await TestCluster.PollAsync("the promotion is granted", async () => (await KvAsync(cluster, "node", "promote", replica, "--force")).Code == 0);
        await cluster.WaitAsync($"{replica} serves", status => status.AllSlotsServed && TestCluster.NodeOf(status, Node).MainServer.Name == replica);
        await TestCluster.PollAsync(
            "the new main says why it leads", () => Task.FromResult(cluster.Run(replica).Printed.Contains($"{replica} took the main's place (operator)", StringComparison.Ordinal)));
        var metrics = await ScrapedMetrics.ReadAsync(cluster.Http, cluster.Plan(replica).Url);
        Assert.Equal((1, 1), (metrics.Value("kvcluster_failovers_total", "\"operator\""), metrics.Value("kvcluster_failover_duration_seconds_count", "\"operator\"")));
        Assert.Equal("on both", (await client.GetAsync(keys[0], cancellationToken: Cancellation)).Text);
        Assert.False((await client.GetAsync(keys[1], cancellationToken: Cancellation)).Found);
        await client.PutAsync(keys[2], "afterwards", cancellationToken: Cancellation);

        // Its longer log is not taken for a newer one.
        cluster.Start(main);
        await cluster.WaitUntilWholeAsync();
        Assert.Equal("on both", await ReadAtAsync(cluster, main, keys[0]));
        Assert.Null(await ReadAtAsync(cluster, main, keys[1]));
        Assert.Equal("afterwards", await ReadAtAsync(cluster, main, keys[2]));
    }

    private static async Task LoseAsync(TestCluster cluster, KvClusterClient client, string main, string replica, string key)
    {
        await cluster.Run(replica).KillAsync();
        await cluster.WaitAsync($"{replica} is out of the in-sync set", status => TestCluster.NodeOf(status, Node).InSync.Length == 1);
        var written = await client.PutAsync(key, "on the main alone", cancellationToken: Cancellation);
        Assert.Equal(1, written.Copies);
        await cluster.Run(main).KillAsync();
        cluster.Start(replica);
        await cluster.WaitAsync($"{replica} is there again", status => TestCluster.ServerOf(status, replica).State is ServerState.CatchingUp);
    }

    private static async Task<string?> ReadAtAsync(TestCluster cluster, string server, string key)
    {
        using var answer = await cluster.Http.GetAsync(new Uri(cluster.Plan(server).Url, $"/kv/{key}?consistency=replica"), Cancellation);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(Cancellation) : null;
    }

    private static Task<ToolRun> KvAsync(TestCluster cluster, params string[] arguments) =>
        ToolRun.OfAsync(string.Join(',', cluster.Plans.Select(plan => plan.Url.ToString())), [], arguments);
}

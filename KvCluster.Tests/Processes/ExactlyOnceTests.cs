using System.Globalization;
using KvCluster.Client;

namespace KvCluster.Tests.Processes;

/// <summary>An increment that is sent again after its main died counts once.</summary>
[Collection(ProcessRoom.Name)]
public sealed class ExactlyOnceTests(SharedCluster shared)
{
    private const string Node = SharedCluster.Node;
    private const int Clients = 4;
    private const int Kills = 2;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Increments_WhileMainsAreKilled_CountOnce()
    {
        var cluster = await shared.TakeAsync();
        var node = TestCluster.NodeOf(await cluster.WaitUntilWholeAsync(), Node);
        var key = Enumerable.Range(0, 1_000).Select(number => $"counter/{number}").First(name => node.Owns(new KvKey(name).Slot));
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "exactly-once");
        using var stop = new CancellationTokenSource();
        var counting = Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => CountAsync(cluster, key, stop.Token)));

        for (var kill = 0; kill < Kills; kill++)
        {
            var (main, _) = await cluster.RolesAsync(Node);
            await cluster.Run(main).KillAsync();
            await load.ProgressAsync();
            cluster.Start(main);
            await cluster.WaitUntilWholeAsync();
        }

        await stop.CancelAsync();
        var tallies = await counting;
        var acknowledged = tallies.Sum(tally => tally.Acknowledged);
        var unknown = tallies.Sum(tally => tally.Unknown);
        var counter = await load.Client.GetAsync(key, new KvReadOptions { Consistency = KvConsistency.Linearizable }, Cancellation);

        Assert.True(acknowledged > Clients * Kills, $"Only {acknowledged} increments were acknowledged.");
        Assert.InRange(long.Parse(counter.Text, CultureInfo.InvariantCulture), acknowledged, acknowledged + unknown);
        await load.AuditAsync();
    }

    private static async Task<(long Acknowledged, long Unknown)> CountAsync(TestCluster cluster, string key, CancellationToken stop)
    {
        using var client = cluster.Connect();
        var (acknowledged, unknown, last) = (0L, 0L, 0L);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var result = await client.IncrementAsync(key, cancellationToken: Cancellation);
                Assert.True(result.Value > last, $"The counter went from {last} to {result.Value}.");
                (last, acknowledged) = (result.Value, acknowledged + 1);
            }
            catch (KvClusterException failure)
            {
                // Refused: it was not and will not be counted.
                if (failure.IsOutcomeUnknown) unknown++;
            }
        }

        return (acknowledged, unknown);
    }
}

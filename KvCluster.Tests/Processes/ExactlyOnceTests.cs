namespace KvCluster.Tests.Processes;

/// <summary>An increment that is sent again, by whomever and for whatever reason, counts once.</summary>
[Collection(ProcessRoom.Name)]
public sealed class ExactlyOnceTests(SharedCluster shared)
{
    private const string Node = SharedCluster.Node;
    private const int Clients = 4;
    private const int Kills = 2;

    [Fact]
    public async Task Increments_WhileMainsAreKilled_CountOnce()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "exactly-once");
        await using var counting = await CountingClients.StartAsync(cluster, Node, Clients);
        for (var kill = 0; kill < Kills; kill++)
        {
            var (main, _) = await cluster.RolesAsync(Node);
            await cluster.Run(main).KillAsync();
            await load.ProgressAsync();
            await counting.ProgressAsync(Clients);
            cluster.Start(main);
            await cluster.WaitUntilWholeAsync();
        }

        await counting.AuditAsync();
        await load.AuditAsync();
    }

    [Fact]
    public async Task Increments_WhoseRepliesAreLostAndWhichArriveTwice_CountOnce()
    {
        var cluster = await shared.TakeAsync();
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"Seed {seed}.");
        var troubled = new List<TroubledConnections>();
        await using var counting = await CountingClients.StartAsync(cluster, Node, Clients, handler =>
        {
            lock (troubled)
            {
                troubled.Add(new TroubledConnections(handler, new Random(seed + troubled.Count)));
                return troubled[^1];
            }
        });

        await counting.ProgressAsync(200);
        var (main, replica) = await cluster.RolesAsync(Node);
        await cluster.FailOverAsync(Node, main, replica);
        await counting.ProgressAsync(200);

        await counting.AuditAsync();
        Assert.True(troubled.Sum(one => one.Lost) >= 50 && troubled.Sum(one => one.Doubled) >= 50, "Hardly a reply was lost and hardly a request doubled.");
    }
}

namespace KvCluster.Tests.Processes;

/// <summary>Every server of a cluster dies at once, and they come back one after the other: whoever is first must not take the lead that is not its own.</summary>
[Collection(ProcessRoom.Name)]
public sealed class RestartOrderTests(OneNode one, SharedCluster shared) : IClassFixture<OneNode>
{
    private const string Witness = "kv-witness";
    private const int Shuffles = 2;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("main", "replica", Witness)]
    [InlineData("main", Witness, "replica")]
    [InlineData("replica", "main", Witness)]
    [InlineData("replica", Witness, "main")]
    [InlineData(Witness, "main", "replica")]
    [InlineData(Witness, "replica", "main")]
    public async Task AcknowledgedWrites_SurviveEveryServerKilled_WhoeverReturnsFirst(string first, string second, string third)
    {
        var cluster = await one.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, OneNode.Node, $"{first}-{second}-{third}");
        var (main, replica) = await cluster.RolesAsync(OneNode.Node);

        await Task.WhenAll(cluster.Plans.Select(server => cluster.Run(server.Name).KillAsync()));
        foreach (var role in new[] { first, second, third }) await StartAsync(cluster, role switch { "main" => main, "replica" => replica, _ => role });

        await load.ProgressAsync();
        await load.AuditAsync();
    }

    [Fact]
    public async Task AcknowledgedWrites_SurviveEveryServerOfTwoNodesKilled_InAnyOrder()
    {
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, SharedCluster.Node, "any-order");
        await using var other = await CheckedLoad.StartAsync(cluster, "kv-master", "any-order-master");
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var shuffle = 0; shuffle < Shuffles; shuffle++)
        {
            var order = cluster.Plans.Select(server => server.Name).ToArray();
            random.Shuffle(order);
            TestContext.Current.TestOutputHelper?.WriteLine($"Seed {seed}: {string.Join(", ", order)}.");
            await Task.WhenAll(order.Select(name => cluster.Run(name).KillAsync()));
            foreach (var name in order) await StartAsync(cluster, name);
            await cluster.WaitUntilWholeAsync();
            await load.ProgressAsync();
            await other.ProgressAsync();
        }

        await load.AuditAsync();
        await other.AuditAsync();
    }

    // The next one starts when this one speaks to whoever asks.
    private static async Task StartAsync(TestCluster cluster, string name)
    {
        cluster.Start(name);
        await TestCluster.PollAsync($"{name} is alive", async () =>
        {
            try
            {
                using var answer = await cluster.Http.GetAsync(new Uri(cluster.Plan(name).Url, "/alive"), Cancellation);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                // Its port is not open yet.
                return false;
            }
        });
    }
}

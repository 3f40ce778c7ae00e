using System.Net;
using System.Net.Http.Json;
using KvCluster.Client;
using KvCluster.Hosting.Plan;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Http;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Processes;

/// <summary>Links that lose some of what they carry, or the replies alone; and what a replica behind such a link may still say.</summary>
[Collection(ProcessRoom.Name)]
public sealed class LossyLinkTests(LossyLinkTests.Hosts hosts) : IClassFixture<LossyLinkTests.Hosts>
{
    private const string Node = ClusterPlanBuilder.MasterNode;
    private const int Writes = 20;
    private const int CutsMax = 5;
    private const int LostLeast = 20;
    private const string Bulk = "bulk";
    private const int BulkBytes = 16 << 10;
    private const int BulkReaders = 24;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SlowLinkThatLosesPackets_LosesNothing()
    {
        var cluster = await hosts.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "lossy");
        await using var counting = await CountingClients.StartAsync(cluster, Node, 4);
        await load.Client.PutAsync(Bulk, new byte[BulkBytes], cancellationToken: Cancellation);
        await cluster.WaitUntilWholeAsync();
        var (main, replica) = await cluster.RolesAsync(Node);

        cluster.Network!.Choke(main);
        cluster.Network!.Choke(replica);
        await TestCluster.PollAsync("packets were lost", async () =>
        {
            await Task.WhenAll(Enumerable.Range(0, BulkReaders).Select(reader => ReadBulkAsync(cluster, reader % 2 == 0 ? main : replica)));
            return cluster.Network!.Dropped(main) + cluster.Network!.Dropped(replica) >= LostLeast;
        });
        await load.ProgressAsync(20);
        await counting.ProgressAsync(20);

        cluster.Network!.Heal();
        await counting.AuditAsync();
        await load.AuditAsync();
    }

    [Fact]
    public async Task RepliesLostOnTheWire_CountOnce()
    {
        const int clients = 4;
        var cluster = await hosts.TakeAsync();
        var unanswered = 0;
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "replies");
        await using var counting = await CountingClients.StartAsync(cluster, Node, clients, handler => new WatchedConnections(handler, () => Interlocked.Increment(ref unanswered)));
        var (main, _) = await cluster.RolesAsync(Node);
        var before = TestCluster.ServerOf(await cluster.WaitUntilWholeAsync(), main).LogLast;

        // The main gets what it is sent, executes it, and speaks to no one who hears it, until everybody has given a reply up.
        cluster.Network!.CutOneWay(main, TestCluster.ClientHost);
        await TestCluster.PollAsync("requests are given up", () => Task.FromResult(Volatile.Read(ref unanswered) >= clients));
        cluster.Network!.Heal();
        await counting.ProgressAsync(50);
        await load.ProgressAsync();
        Assert.True(TestCluster.ServerOf(await cluster.WaitUntilWholeAsync(), main).LogLast > before);
        await counting.AuditAsync();
        await load.AuditAsync();
    }

    [Fact]
    public async Task Relaxed_KilledMain_LosesWhatTheLagSaid_AndNothingThatHadTwoCopies()
    {
        var cluster = await hosts.TakeAsync();
        await SetAsync(cluster, WriteMode.Relaxed);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                if (await LosesAsWasSaidAsync(cluster, $"relaxed-{attempt}")) return;
                Assert.True(attempt < CutsMax, $"The replica was out of the in-sync set {attempt} times before its main could be killed.");
            }
        }
        finally
        {
            cluster.Network!.Heal();
            await cluster.HealAsync();
            await SetAsync(cluster, WriteMode.InSync);
        }
    }

    [Fact]
    public async Task BoundedRead_AtAReplicaThatIsCutOff_IsRefusedOnceItsBoundIsOver()
    {
        var cluster = await hosts.TakeAsync();
        using var client = cluster.Connect();
        await client.PutAsync("bounded", "value", cancellationToken: Cancellation);
        await cluster.WaitUntilWholeAsync();
        var (main, replica) = await cluster.RolesAsync(Node);
        var place = new Uri(cluster.Plan(replica).Url, "/kv/bounded");
        await TestCluster.PollAsync("the replica serves within the bound", async () =>
        {
            using var answer = await cluster.Http.GetAsync(new Uri(place, "?consistency=bounded;ms=1000"), Cancellation);
            if (answer.StatusCode != HttpStatusCode.OK) return false;
            Assert.Equal("replica", Assert.Single(answer.Headers.GetValues(KvHeaders.Source)));
            Assert.InRange(int.Parse(Assert.Single(answer.Headers.GetValues(KvHeaders.StalenessMilliseconds)), System.Globalization.CultureInfo.InvariantCulture), 0, 1_000);
            return true;
        });

        // Only from the main: the witness and the client still reach it, and it still serves a reader who asks for no bound.
        cluster.Network!.CutOneWay(main, replica);
        await TestCluster.PollAsync("the bound is over", async () =>
        {
            using var answer = await cluster.Http.GetAsync(new Uri(place, "?consistency=bounded;ms=300"), Cancellation);
            if (answer.StatusCode == HttpStatusCode.OK) return false;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal(ProblemCode.ReplicaTooStale, (await answer.Content.ReadFromJsonAsync(KvJson.Default.KvProblem, Cancellation))!.Code);
            return true;
        });
        using (var stale = await cluster.Http.GetAsync(new Uri(place, "?consistency=replica"), Cancellation)) Assert.Equal(HttpStatusCode.OK, stale.StatusCode);
    }

    // One connection keeps its own packets back before a queue is full; many at once fill it.
    private static async Task ReadBulkAsync(TestCluster cluster, string server)
    {
        try
        {
            using var answer = await cluster.Http.GetAsync(new Uri(cluster.Plan(server).Url, $"/kv/{Bulk}?consistency=replica"), Cancellation);
        }
        catch (Exception lost) when (!Cancellation.IsCancellationRequested && lost is HttpRequestException or TaskCanceledException)
        {
            // Given up: the link is as bad as it should be.
        }
    }

    // Not said and not lost: the replica may be taken out of the set first, and then nobody leads and nothing is lost.
    private static async Task<bool> LosesAsWasSaidAsync(TestCluster cluster, string prefix)
    {
        var settled = await WriteAsync(cluster, $"{prefix}/settled");
        await cluster.WaitAsync("the replica has it all", status => status.Servers.Any(server => server is { State: ServerState.Main, ReplicationLag: 0 }));
        await cluster.WaitUntilWholeAsync();
        var (main, replica) = await cluster.RolesAsync(Node);
        cluster.Network!.CutOneWay(main, replica);
        var window = await WriteAsync(cluster, $"{prefix}/window");
        var said = await SaidAsync(cluster, main);
        await cluster.Run(main).KillAsync();
        cluster.Network!.Heal();
        var status = await cluster.WaitAsync($"{replica} leads, or may not", status =>
            TestCluster.NodeOf(status, Node) is var node && (node.InSync.All(id => node.Find(id)!.Name == main) || (status.AllSlotsServed && node.MainServer.Name == replica)));
        var leads = TestCluster.NodeOf(status, Node).MainServer.Name == replica;
        if (leads)
        {
            var lost = await AbsentAsync(cluster, window.Keys);
            TestContext.Current.TestOutputHelper?.WriteLine($"{said} were said to be at stake, {lost.Count} were lost.");
            Assert.Empty(await AbsentAsync(cluster, settled.Keys));
            Assert.NotEmpty(lost);
            Assert.InRange(lost.Count, 1, (int)said);
            Assert.All(lost, key => Assert.Equal(1, window[key]));
        }

        await cluster.HealAsync();
        return leads;
    }

    // Every write with the number of copies that its answer named.
    private static async Task<Dictionary<string, int>> WriteAsync(TestCluster cluster, string prefix)
    {
        using var client = cluster.Connect();
        var copies = new Dictionary<string, int>();
        for (var i = 0; i < Writes; i++)
        {
            var result = await client.PutAsync($"{prefix}/{i}", "value", cancellationToken: Cancellation);
            copies[$"{prefix}/{i}"] = result.Copies;
        }

        return copies;
    }

    private static async Task<double> SaidAsync(TestCluster cluster, string main)
    {
        var lag = 0d;
        await TestCluster.PollAsync("the main says what is at stake", async () =>
        {
            using var answer = await cluster.Http.GetAsync(new Uri(cluster.Plan(main).Url, "/cluster/status"), Cancellation);
            lag = (await answer.Content.ReadFromJsonAsync(KvJson.Default.ServerStatus, Cancellation))!.ReplicationLag ?? 0;
            return lag >= Writes;
        });
        return lag;
    }

    private static async Task<List<string>> AbsentAsync(TestCluster cluster, IEnumerable<string> keys)
    {
        using var client = cluster.Connect();
        var absent = new List<string>();
        foreach (var key in keys)
            if (!(await client.GetAsync(key, new KvReadOptions { Consistency = KvConsistency.Linearizable }, Cancellation)).Found) absent.Add(key);
        return absent;
    }

    private static async Task SetAsync(TestCluster cluster, WriteMode mode)
    {
        using var answer = await cluster.Http.PutAsync(new Uri(await cluster.MasterUrlAsync(), $"/cluster/settings/write-mode/{mode}"), null, Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        await cluster.WaitAsync($"every server knows of {mode}", seen => seen.Servers.All(server => server.ProcessId == 0 || server.WriteMode == mode));
    }

    /// <summary>One node and a witness on hosts of their own.</summary>
    public sealed class Hosts : IAsyncLifetime
    {
        private TestCluster? _cluster;

        public ValueTask InitializeAsync() => ValueTask.CompletedTask;

        internal async Task<TestCluster> TakeAsync()
        {
            if (_cluster is null)
                return _cluster = await TestCluster.StartOnHostsAsync(new ClusterPlanOptions { Slaves = 0 }, new Dictionary<string, string> { ["KvNode__BeaconMilliseconds"] = "200" });
            _cluster.Network!.Heal();
            await _cluster.HealAsync();
            return _cluster;
        }

        public async ValueTask DisposeAsync()
        {
            if (_cluster is not null) await _cluster.DisposeAsync();
        }
    }
}

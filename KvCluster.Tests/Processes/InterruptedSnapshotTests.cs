using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using KvCluster.Client;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Http;

namespace KvCluster.Tests.Processes;

/// <summary>A copy of a whole store that takes seconds and is broken off: the copy goes on or begins anew, nobody leads with a part of it, and writes never wait for it.</summary>
[Collection(ProcessRoom.Name)]
public sealed class InterruptedSnapshotTests(InterruptedSnapshotTests.SlowSnapshots snapshots) : IClassFixture<InterruptedSnapshotTests.SlowSnapshots>
{
    private const string Node = SlowSnapshots.Node;
    private const int Kills = 4;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AcknowledgedWrites_SurviveALearnerKilledAtAnyMoment()
    {
        var cluster = await snapshots.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "learner");
        var (main, learner) = await snapshots.NeedAsync("learner");
        var random = Seeded(out var seed);
        var interrupted = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            // Half of them anywhere, half where the last chunks are staged and the copy is put in place.
            cluster.Start(learner);
            var bytes = kill % 2 == 0 ? random.Next(SlowSnapshots.Bytes) : SlowSnapshots.Bytes;
            if (await snapshots.TransferAsync(main, learner, bytes)) interrupted++;
            await Task.Delay(random.Next(100), Cancellation);
            await cluster.Run(learner).KillAsync();
        }

        Assert.True(interrupted > 0, $"No snapshot was interrupted (seed {seed}).");
        cluster.Start(learner);
        await load.ProgressAsync();
        await load.AuditAsync();
        await snapshots.AssertEqualAsync();
        await AssertCanLeadAsync(cluster, main, learner);
    }

    [Fact]
    public async Task AcknowledgedWrites_SurviveASenderKilledMidway_AndTheLearnerNeverLeads()
    {
        var cluster = await snapshots.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "sender");
        var (main, learner) = await snapshots.NeedAsync("sender");
        var random = Seeded(out var seed);
        cluster.Start(learner);
        Assert.True(await snapshots.TransferAsync(main, learner, random.Next(SlowSnapshots.Bytes / 2)), $"The snapshot was over before its sender was killed (seed {seed}).");

        await cluster.Run(main).KillAsync();
        var alone = await cluster.WaitAsync("the learner misses its main", status => !status.AllSlotsServed && TestCluster.ServerOf(status, main).ProcessId == 0);
        Assert.Equal(main, TestCluster.NodeOf(alone, Node).MainServer.Name);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadAsync(cluster, learner, "?consistency=bounded;ms=1000"));

        // The only copy in sync comes back, and nobody else led meanwhile.
        cluster.Start(main);
        await load.ProgressAsync();
        Assert.Equal(main, (await cluster.RolesAsync(Node)).Main);
        await load.AuditAsync();
        await snapshots.AssertEqualAsync();
        await AssertCanLeadAsync(cluster, main, learner);
    }

    [Fact]
    public async Task AcknowledgedWrites_SurviveALinkCutMidway()
    {
        var cluster = await snapshots.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "link");
        var (main, learner) = await snapshots.NeedAsync("link");
        var random = Seeded(out var seed);
        cluster.Start(learner);
        Assert.True(await snapshots.TransferAsync(main, learner, random.Next(SlowSnapshots.Bytes / 2)), $"The snapshot was over before its link was cut (seed {seed}).");

        cluster.Network!.CutOneWay(main, learner);
        cluster.Network!.CutOneWay(learner, main);
        await load.ProgressAsync(500);
        Assert.Equal(1, load.LastCopies);

        cluster.Network!.Heal();
        await load.AuditAsync();
        await snapshots.AssertEqualAsync();
    }

    [Fact]
    public async Task RepeatedRequest_IsKnownToAServerThatWasFilledByASnapshot()
    {
        var cluster = await snapshots.TakeAsync();
        var (main, learner) = await cluster.RolesAsync(Node);
        const string counter = "repeated";
        Assert.Equal(1, await IncrementAsync(cluster, main, counter, "first"));
        Assert.Equal(1, await IncrementAsync(cluster, main, counter, "first"));
        Assert.Equal(2, await IncrementAsync(cluster, main, counter, "second"));
        var counted = TestCluster.ServerOf(await cluster.WaitUntilWholeAsync(), main).LogLast;

        await snapshots.NeedAsync("repeated");
        cluster.Start(learner);
        await snapshots.TransferAsync(main, learner, 1);
        var filled = await cluster.WaitUntilWholeAsync();
        Assert.True(TestCluster.ServerOf(filled, learner).LogFirst > counted, "The learner was sent the increments' entries themselves.");
        await cluster.FailOverAsync(Node, main, learner);

        Assert.Equal(1, await IncrementAsync(cluster, learner, counter, "first"));
        Assert.Equal(2, await IncrementAsync(cluster, learner, counter, "second"));
        Assert.Equal(3, await IncrementAsync(cluster, learner, counter, "third"));
    }

    // All that is read afterwards is what the snapshot brought and what came after it.
    private async Task AssertCanLeadAsync(TestCluster cluster, string main, string learner)
    {
        await cluster.FailOverAsync(Node, main, learner);
        await snapshots.AssertPreloadedAsync(learner);
    }

    private static Random Seeded(out int seed)
    {
        seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"Seed {seed}.");
        return new Random(seed);
    }

    private static async Task<HttpStatusCode> ReadAsync(TestCluster cluster, string server, string query)
    {
        using var answer = await cluster.Http.GetAsync(new Uri(cluster.Plan(server).Url, $"/kv/{SlowSnapshots.KeyOf(0)}{query}"), Cancellation);
        return answer.StatusCode;
    }

    private static async Task<long> IncrementAsync(TestCluster cluster, string server, string key, string request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(cluster.Plan(server).Url, $"/kv/{key}/increment"));
        message.Headers.Add(KvHeaders.IdempotencyKey, request);
        using var answer = await cluster.Http.SendAsync(message, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var content = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation));
        return content.RootElement.GetProperty("value").GetInt64();
    }

    /// <summary>One node and a witness on hosts of their own; little of the log is kept, and a snapshot takes some seconds.</summary>
    public sealed class SlowSnapshots : IAsyncLifetime
    {
        internal const string Node = "kv-master";
        internal const int Bytes = Values * ValueBytes;
        private const int Values = 32;
        private const int ValueBytes = 128 * 1024;
        private const int Seconds = 6;
        private const int LogEntriesKept = 2_000;
        private const int WritersMax = 64;
        private readonly byte[] _value = new byte[ValueBytes];
        private TestCluster? _cluster;

        public ValueTask InitializeAsync() => ValueTask.CompletedTask;

        internal static string KeyOf(int number) => string.Create(CultureInfo.InvariantCulture, $"preloaded/{number}");

        internal async Task<TestCluster> TakeAsync()
        {
            if (_cluster is not null)
            {
                _cluster.Network!.Heal();
                await _cluster.HealAsync();
                return _cluster;
            }

            _cluster = await TestCluster.StartOnHostsAsync(new KvCluster.Hosting.Plan.ClusterPlanOptions { Slaves = 0 }, new Dictionary<string, string>
            {
                ["KvNode__BeaconMilliseconds"] = "200",
                ["KvNode__LogEntriesKept"] = LogEntriesKept.ToString(CultureInfo.InvariantCulture),
                ["KvNode__SnapshotBytesPerSecond"] = (Bytes / Seconds).ToString(CultureInfo.InvariantCulture),
                ["Telemetry__Prometheus"] = "true",
            });
            new Random(1).NextBytes(_value);
            using var client = _cluster.Connect();
            for (var i = 0; i < Values; i++) await client.PutAsync(KeyOf(i), _value, cancellationToken: Cancellation);
            return _cluster;
        }

        /// <summary>Kills the replica and writes more than is kept for it.</summary>
        internal async Task<(string Main, string Learner)> NeedAsync(string name)
        {
            await _cluster!.WaitUntilWholeAsync();
            var (main, replica) = await _cluster.RolesAsync(Node);
            await _cluster.Run(replica).KillAsync();
            await _cluster.WaitAsync($"{replica} is out of the in-sync set", status => TestCluster.NodeOf(status, Node).InSync.Length == 1);
            using var client = _cluster.Connect();
            await Parallel.ForEachAsync(
                Enumerable.Range(0, LogEntriesKept + (LogEntriesKept / 8)),
                new ParallelOptions { MaxDegreeOfParallelism = WritersMax, CancellationToken = Cancellation },
                async (number, cancellation) => await client.PutAsync($"more/{name}/{number % WritersMax}", $"{number}", cancellationToken: cancellation));
            return (main, replica);
        }

        /// <summary>Waits until the learner has got so many bytes of a snapshot.</summary>
        /// <returns>False when it is in sync before that.</returns>
        internal async Task<bool> TransferAsync(string main, string learner, int bytes)
        {
            var isUnderWay = true;
            await TestCluster.PollAsync($"{learner} has {bytes} bytes of a snapshot", async () =>
            {
                if (await ReceivedAsync(learner) is > 0 and var received && received >= bytes) return true;
                var status = await _cluster!.WaitAsync($"{main} answers", _ => true);
                isUnderWay = TestCluster.NodeOf(status, Node).InSync.Length == 1;
                return !isUnderWay;
            });
            return isUnderWay;
        }

        /// <summary>Every key of the node, with value and revision, is the same on both servers.</summary>
        internal async Task AssertEqualAsync()
        {
            var status = await _cluster!.WaitAsync("the replica has applied what the main has", status =>
                status.Servers.Where(server => server.State is ServerState.Main or ServerState.Replica).Select(server => server.Applied).Distinct().Count() == 1);
            var node = TestCluster.NodeOf(status, Node);
            var (ofMain, ofReplica) = (await RowsAsync(node.MainServer.Http), await RowsAsync(node.ReplicaServer!.Http));
            Assert.True(ofMain.Count > Values, "A comparison of nothing proves nothing.");
            Assert.Equal(ofMain, ofReplica);
        }

        internal async Task AssertPreloadedAsync(string server)
        {
            for (var i = 0; i < Values; i++)
                Assert.Equal(_value, await _cluster!.Http.GetByteArrayAsync(new Uri(_cluster.Plan(server).Url, $"/kv/{KeyOf(i)}"), Cancellation));
        }

        private async Task<double> ReceivedAsync(string learner)
        {
            try
            {
                return (await ScrapedMetrics.ReadAsync(_cluster!.Http, _cluster.Plan(learner).Url)).Value("kvcluster_catch_up_snapshot_io_bytes_total", "received") ?? 0;
            }
            catch (HttpRequestException)
            {
                // It is starting; the poll that asks has a deadline.
                return 0;
            }
        }

        private async Task<List<string>> RowsAsync(Uri server)
        {
            var rows = new List<string>();
            for (string? token = ""; token is not null;)
            {
                var page = await _cluster!.Http.GetFromJsonAsync<System.Text.Json.JsonElement>(
                    new Uri(server, $"/kv?limit=1000&values=true&consistency=replica{(token.Length == 0 ? "" : $"&token={Uri.EscapeDataString(token)}")}"), Cancellation);
                rows.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetRawText()));
                token = page.TryGetProperty("nextToken", out var next) ? next.GetString() : null;
            }

            return rows;
        }

        public async ValueTask DisposeAsync()
        {
            if (_cluster is not null) await _cluster.DisposeAsync();
        }
    }
}

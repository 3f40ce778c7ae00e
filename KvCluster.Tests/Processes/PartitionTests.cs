using System.Net;
using KvCluster.Client;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Processes;

/// <summary>Links that are cut: every server on a host of its own, the clients on another.</summary>
[Collection(ProcessRoom.Name)]
public sealed class PartitionTests(PartitionTests.Hosts hosts) : IClassFixture<PartitionTests.Hosts>
{
    private const string Node = "kv-slave-1";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task LinkBetweenMainAndReplica_IsCut_OneOfThemGoesOn(bool mainIsUnheard, bool replicaIsUnheard)
    {
        var cluster = await hosts.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, $"cut-{mainIsUnheard}-{replicaIsUnheard}");
        var (main, replica) = await cluster.RolesAsync(Node);

        if (mainIsUnheard) cluster.Network!.CutOneWay(main, replica);
        if (replicaIsUnheard) cluster.Network!.CutOneWay(replica, main);
        await cluster.WaitAsync("one of them is alone", status => status.AllSlotsServed && TestCluster.NodeOf(status, Node).InSync.Length == 1);
        await load.ProgressAsync();
        Assert.Equal(1, load.LastCopies);

        cluster.Network!.Heal();
        await load.AuditAsync();
    }

    [Fact]
    public async Task MainCutFromAllServersButNotFromClients_AnswersNothingAsMain()
    {
        var cluster = await hosts.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "cut-main");
        var node = TestCluster.NodeOf(await cluster.WaitUntilWholeAsync(), Node);
        var (main, replica) = (node.MainServer.Name, node.ReplicaServer!.Name);
        var key = Enumerable.Range(0, 1_000).Select(number => $"cut/{number}").First(name => node.Owns(new KvKey(name).Slot));
        await load.Client.PutAsync(key, "old", cancellationToken: Cancellation);

        Isolate(cluster, main);
        await cluster.WaitAsync($"{replica} serves as main", status => status.AllSlotsServed && TestCluster.NodeOf(status, Node).MainServer.Name == replica);
        await load.Client.PutAsync(key, "new", cancellationToken: Cancellation);
        await load.ProgressAsync();

        // Nobody has told the old main: its own lease did.
        var place = new Uri(cluster.Plan(main).Url, $"/kv/{key}");
        Assert.False(await IsAcknowledgedAsync(cluster, new HttpRequestMessage(HttpMethod.Get, place)), "The old main answered a read.");
        Assert.False(await IsAcknowledgedAsync(cluster, new HttpRequestMessage(HttpMethod.Put, place) { Content = new StringContent("forged") }), "The old main acknowledged a write.");

        cluster.Network!.Heal();
        await cluster.WaitUntilWholeAsync();
        Assert.Equal("new", (await load.Client.GetAsync(key, new KvReadOptions { Consistency = KvConsistency.Linearizable }, Cancellation)).Text);
        await load.AuditAsync();
    }

    [Fact]
    public async Task ReplicaCutFromEverybody_WritesGoOnWithOneCopy()
    {
        var cluster = await hosts.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "cut-replica");
        var (main, replica) = await cluster.RolesAsync(Node);

        Isolate(cluster, replica);
        cluster.Network!.Cut(replica, Hosts.Client);
        await cluster.WaitAsync($"{main} is alone", status => TestCluster.NodeOf(status, Node).InSync.Length == 1);
        await load.ProgressAsync();
        Assert.Equal((main, 1), ((await cluster.RolesAsync(Node)).Main, load.LastCopies));

        cluster.Network!.Heal();
        await load.AuditAsync();
    }

    [Fact]
    public async Task LinkThatComesAndGoes_LosesNothing()
    {
        var cluster = await hosts.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "flapping");
        var (main, replica) = await cluster.RolesAsync(Node);
        for (var turn = 0; turn < 5; turn++)
        {
            cluster.Network!.Cut(main, replica);
            await load.ProgressAsync(5);
            cluster.Network!.Heal();
            await load.ProgressAsync(5);
        }

        await load.AuditAsync();
    }

    private static void Isolate(TestCluster cluster, string server)
    {
        foreach (var other in cluster.Plans.Where(plan => plan.Name != server)) cluster.Network!.Cut(server, other.Name);
    }

    private static async Task<bool> IsAcknowledgedAsync(TestCluster cluster, HttpRequestMessage request)
    {
        try
        {
            using (request)
            {
                using var answer = await cluster.Http.SendAsync(request, Cancellation);
                return answer.StatusCode < HttpStatusCode.Ambiguous;
            }
        }
        catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            // It kept the request until the client gave up.
            return false;
        }
    }

    /// <summary>A cluster whose servers are on hosts of their own.</summary>
    public sealed class Hosts : IAsyncLifetime
    {
        internal const string Client = TestCluster.ClientHost;
        private TestCluster? _cluster;

        public ValueTask InitializeAsync() => ValueTask.CompletedTask;

        internal async Task<TestCluster> TakeAsync()
        {
            if (_cluster is null) return _cluster = await TestCluster.StartOnHostsAsync(1, new Dictionary<string, string> { ["KvNode__BeaconMilliseconds"] = "200" });
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

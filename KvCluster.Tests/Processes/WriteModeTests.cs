using System.Net;
using System.Net.Http.Json;
using KvCluster.Client;
using KvCluster.Protocol.Http;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Processes;

/// <summary>Strict: two durable copies or none.</summary>
[Collection(ProcessRoom.Name)]
public sealed class WriteModeTests(SharedCluster shared)
{
    private const string Node = SharedCluster.Node;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Strict_WithoutReplica_RefusesAndAppliesNothing()
    {
        var cluster = await shared.TakeAsync();
        var node = TestCluster.NodeOf(await cluster.WaitUntilWholeAsync(), Node);
        var (main, replica) = (node.MainServer.Name, node.ReplicaServer!.Name);
        var name = Enumerable.Range(0, 1_000).Select(number => $"strict/{number}").First(key => node.Owns(new KvKey(key).Slot));
        var place = new Uri(cluster.Plan(main).Url, $"/kv/{name}");
        await SetAsync(cluster, WriteMode.Strict);
        try
        {
            await cluster.Run(replica).KillAsync();
            await cluster.WaitAsync($"{replica} is out of the in-sync set", status => TestCluster.NodeOf(status, Node).InSync.Length == 1);

            using (var refused = await cluster.Http.PutAsync(place, new StringContent("one copy"), Cancellation))
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
                var problem = await refused.Content.ReadFromJsonAsync(KvJson.Default.KvProblem, Cancellation);
                Assert.Equal(ProblemCode.ReplicaUnavailable, problem!.Code);
            }

            using (var read = await cluster.Http.GetAsync(place, Cancellation)) Assert.Equal(HttpStatusCode.NotFound, read.StatusCode);

            cluster.Start(replica);
            await cluster.WaitUntilWholeAsync();
            using var written = await cluster.Http.PutAsync(place, new StringContent("two copies"), Cancellation);
            Assert.Equal(HttpStatusCode.Created, written.StatusCode);
            Assert.Equal("2", Assert.Single(written.Headers.GetValues(KvHeaders.Copies)));
        }
        finally
        {
            await SetAsync(cluster, WriteMode.InSync);
        }
    }

    private static async Task SetAsync(TestCluster cluster, WriteMode mode)
    {
        var status = await cluster.WaitAsync("the master is known", status => status.Topology.FindServer(status.Topology.Master) is not null);
        var master = status.Topology.FindServer(status.Topology.Master)!;
        using var answer = await cluster.Http.PutAsync(new Uri(master.Http, $"/cluster/settings/write-mode/{mode}"), null, Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        await cluster.WaitAsync($"every server knows of {mode}", seen => seen.Servers.All(server => server.ProcessId == 0 || server.WriteMode == mode));
    }
}

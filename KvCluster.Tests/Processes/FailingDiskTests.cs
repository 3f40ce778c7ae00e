using System.Net;
using System.Net.Http.Json;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;

namespace KvCluster.Tests.Processes;

/// <summary>A disk that refuses an fsync once is not asked again, and one that takes seconds for it is not waited for.</summary>
[Collection(ProcessRoom.Name)]
public sealed class FailingDiskTests(SharedCluster shared)
{
    private const string Node = SharedCluster.Node;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AcknowledgedWrites_SurviveAFailedSyncOfTheMain()
    {
        SystemCallFault.Require();
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "failed-sync-main");
        var (main, replica) = await cluster.RolesAsync(Node);

        await using (await SystemCallFault.FailSyncsAsync(cluster.Run(main).ProcessId))
        {
            await cluster.WaitAsync($"{main} has left and {replica} leads", status =>
                status.AllSlotsServed && TestCluster.NodeOf(status, Node).MainServer.Name == replica && TestCluster.ServerOf(status, main).State == ServerState.Failed);
        }

        // The disk works again, as after an error that the kernel reports once: what was not written through is still not there.
        await load.ProgressAsync();
        await AssertRefusesAsync(cluster, main);
        await cluster.RestartAsync(main);
        await load.AuditAsync();
    }

    [Fact]
    public async Task AcknowledgedWrites_SurviveAFailedSyncOfTheReplica()
    {
        SystemCallFault.Require();
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "failed-sync-replica");
        var (main, replica) = await cluster.RolesAsync(Node);

        await using (await SystemCallFault.FailSyncsAsync(cluster.Run(replica).ProcessId))
        {
            await cluster.WaitAsync($"{replica} has left and is out of the in-sync set", status =>
                TestCluster.NodeOf(status, Node).InSync.Length == 1 && TestCluster.ServerOf(status, replica).State == ServerState.Failed);
            await load.ProgressAsync();
        }

        Assert.Equal(main, (await cluster.RolesAsync(Node)).Main);
        Assert.Equal(1, load.LastCopies);
        await cluster.RestartAsync(replica);
        await load.AuditAsync();
    }

    [Fact]
    public async Task MainWhoseSyncsTakeSeconds_IsReplaced_AndComesBackByItself()
    {
        SystemCallFault.Require();
        var cluster = await shared.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "slow-sync");
        var (main, replica) = await cluster.RolesAsync(Node);

        await using (await SystemCallFault.SlowSyncsAsync(cluster.Run(main).ProcessId, TimeSpan.FromSeconds(4)))
            await cluster.WaitAsync($"{replica} leads", status => status.AllSlotsServed && TestCluster.NodeOf(status, Node).MainServer.Name == replica);

        await load.ProgressAsync();
        await load.AuditAsync();
    }

    private static async Task AssertRefusesAsync(TestCluster cluster, string server)
    {
        var node = TestCluster.NodeOf(await cluster.WaitAsync("the topology is known", _ => true), Node);
        var key = Enumerable.Range(0, 1_000).Select(number => $"refused/{number}").First(name => node.Owns(new KvCluster.Client.KvKey(name).Slot));
        using var answer = await cluster.Http.GetAsync(new Uri(cluster.Plan(server).Url, $"/kv/{key}?consistency=replica"), Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal(ProblemCode.StorageFailed, (await answer.Content.ReadFromJsonAsync(KvJson.Default.KvProblem, Cancellation))!.Code);
    }
}

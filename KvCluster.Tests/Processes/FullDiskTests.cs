using KvCluster.Client;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Tests.Processes;

/// <summary>A disk without a free block: its server leaves the node and says why, the other goes on, and with room again it comes back.</summary>
[Collection(ProcessRoom.Name)]
public sealed class FullDiskTests(FullDiskTests.SmallDisks disks) : IClassFixture<FullDiskTests.SmallDisks>
{
    private const string Node = "kv-slave-1";
    private const int FloodMax = 120;

    [Fact]
    public async Task AcknowledgedWrites_SurviveAFullDiskOfTheMain()
    {
        var cluster = await disks.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "full-main");
        var (main, replica) = await cluster.RolesAsync(Node);

        cluster.Disk(main).Fill();
        var status = await FloodUntilAsync(cluster, load, $"{main} has left and {replica} leads", status =>
            status.AllSlotsServed && TestCluster.NodeOf(status, Node).MainServer.Name == replica && TestCluster.ServerOf(status, main).State == ServerState.Failed);
        Assert.Contains("No space left", TestCluster.ServerOf(status, main).Reason, StringComparison.OrdinalIgnoreCase);
        await load.ProgressAsync();

        cluster.Disk(main).MakeRoom();
        await cluster.RestartAsync(main);
        await load.AuditAsync();
    }

    [Fact]
    public async Task AcknowledgedWrites_SurviveAFullDiskOfTheReplica()
    {
        var cluster = await disks.TakeAsync();
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "full-replica");
        var (main, replica) = await cluster.RolesAsync(Node);

        cluster.Disk(replica).Fill();
        await FloodUntilAsync(cluster, load, $"{replica} has left and is out of the in-sync set", status =>
            TestCluster.NodeOf(status, Node).InSync.Length == 1 && TestCluster.ServerOf(status, replica).State == ServerState.Failed);
        await load.ProgressAsync();
        Assert.Equal(main, (await cluster.RolesAsync(Node)).Main);

        cluster.Disk(replica).MakeRoom();
        await cluster.RestartAsync(replica);
        await load.AuditAsync();
    }

    // The store keeps blocks in hand for its log: only more data than those hold meets the end of the disk.
    private static async Task<ClusterStatus> FloodUntilAsync(TestCluster cluster, CheckedLoad load, string awaited, Func<ClusterStatus, bool> condition)
    {
        var node = TestCluster.NodeOf(await cluster.WaitUntilWholeAsync(), Node);
        var key = Enumerable.Range(0, 1_000).Select(number => $"flood/{number}").First(name => node.Owns(new KvKey(name).Slot));
        var big = new string('x', 1 << 20);
        using var isSo = new CancellationTokenSource();
        var flood = Task.Run(async () =>
        {
            for (var i = 0; i < FloodMax && !isSo.IsCancellationRequested; i++) await load.Client.PutAsync(key, big, cancellationToken: TestContext.Current.CancellationToken);
        });
        var status = await cluster.WaitAsync(awaited, condition);
        await isSo.CancelAsync();
        await flood;
        return status;
    }

    /// <summary>A cluster whose slave node keeps its data on two small disks.</summary>
    public sealed class SmallDisks : IAsyncLifetime
    {
        // Enough for the peer to hold the flood, little enough to be filled at once.
        private const int Mebibytes = 320;
        private TestCluster? _cluster;

        public ValueTask InitializeAsync() => ValueTask.CompletedTask;

        internal async Task<TestCluster> TakeAsync()
        {
            if (_cluster is null) return _cluster = await TestCluster.StartOnMemoryDisksAsync(1, Node, Mebibytes, new Dictionary<string, string> { ["KvNode__BeaconMilliseconds"] = "200" });
            await _cluster.HealAsync();
            return _cluster;
        }

        public async ValueTask DisposeAsync()
        {
            if (_cluster is not null) await _cluster.DisposeAsync();
        }
    }
}

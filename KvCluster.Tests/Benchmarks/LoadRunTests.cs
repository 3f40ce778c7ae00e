using System.Text;
using KvCluster.Benchmarks;
using KvCluster.Benchmarks.Cluster;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Measurement;
using KvCluster.Protocol.Slots;
using KvCluster.Tests.Client.Fake;
using Xunit;

namespace KvCluster.Tests.Benchmarks;

/// <summary>The load generator against servers that speak the HTTP contract.</summary>
public sealed class LoadRunTests
{
    private const int Keys = 200;
    private static readonly LoadPlan Plan = new()
    {
        Workload = new Workload { Keys = Keys, ValueBytes = 100 },
        Connections = 4,
        Threads = 2,
        WarmUp = TimeSpan.Zero,
        Duration = TimeSpan.FromMilliseconds(200),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FillAsync_TwoNodes_StoresEachKeyOnceWhereItBelongs()
    {
        await using var cluster = await FakeCluster.StartAsync(2);
        var report = await LoadRun.FillAsync(await TargetAsync(cluster), Plan, [], Cancellation);
        Assert.Equal(Keys, report.Operations);
        Assert.Empty(report.Errors);
        Assert.Equal(Keys, cluster.Nodes.Sum(node => node.Executions));
        var name = new byte[KeyNames.Bytes];
        for (var key = 0; key < Keys; key++)
        {
            KeyNames.Write(key, name);
            var owner = cluster.Topology.OwnerOf(SlotHash.Of(name))!;
            Assert.Equal(100, cluster.Nodes.Single(node => node.Id == owner.Id).Find(name)!.Bytes.Length);
        }
    }

    [Fact]
    public async Task RunAsync_MixOnStoredKeys_AnswersEverythingAndCountsIt()
    {
        await using var cluster = await FakeCluster.StartAsync(2);
        var target = await TargetAsync(cluster);
        await LoadRun.FillAsync(target, Plan, [], Cancellation);
        var mix = Plan with { Workload = Plan.Workload with { ReadShare = 0.5 } };
        var report = await LoadRun.RunAsync(target, mix, [new WatchedProcess("tests", Environment.ProcessId)], Cancellation);
        Assert.Empty(report.Errors);
        Assert.Equal(["GET", "PUT"], report.Latencies.Select(latency => latency.Operation));
        Assert.All(report.Latencies, latency => Assert.InRange(latency.Count, 1, long.MaxValue));
        Assert.Equal(report.Latencies[1].Count, report.WritesByCopies.Values.Sum());
        Assert.InRange(Assert.Single(report.Processors).Cores, 0.01, Environment.ProcessorCount + 1);
    }

    [Fact]
    public async Task RunAsync_FixedRate_BeginsExactlyAsManyAsTheRateSays()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        var target = await TargetAsync(cluster);
        await LoadRun.FillAsync(target, Plan, [], Cancellation);
        var report = await LoadRun.RunAsync(target, Plan with { RatePerSecond = 500 }, [], Cancellation);
        Assert.Empty(report.Errors);
        Assert.Equal(100, Assert.Single(report.Latencies).Count);
    }

    [Fact]
    public async Task RunAsync_AbsentKeys_AreErrorsAndNoThroughput()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        var report = await LoadRun.RunAsync(await TargetAsync(cluster), Plan, [], Cancellation);
        Assert.Equal(0, report.Operations);
        Assert.Empty(report.Latencies);
        Assert.Equal(["status 404"], report.Errors.Keys);
    }

    [Fact]
    public async Task RunAsync_ServerDropsConnections_CountsLossesAndGoesOn()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        var target = await TargetAsync(cluster);
        await LoadRun.FillAsync(target, Plan, [], Cancellation);
        var asked = 0;
        cluster.Server(1).Before = context =>
        {
            if (Interlocked.Increment(ref asked) is not (3 or 5)) return Task.FromResult(false);
            context.Abort();
            return Task.FromResult(true);
        };
        var report = await LoadRun.RunAsync(target, Plan with { RatePerSecond = 500 }, [], Cancellation);
        Assert.Equal(2, Assert.Single(report.Errors, error => error.Key == LoadTally.ConnectionLost).Value);
        Assert.Equal(98, Assert.Single(report.Latencies).Count);
    }

    [Fact]
    public async Task RunAsync_NoServer_SaysSo()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        var target = await TargetAsync(cluster);
        await cluster.Server(1).KillAsync();
        var error = await Assert.ThrowsAsync<BenchmarkException>(() => LoadRun.RunAsync(target, Plan, [], Cancellation));
        Assert.Contains("can be reached", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Key_IsSixteenBytesThatNeedNoEscape()
    {
        var name = new byte[KeyNames.Bytes];
        KeyNames.Write(42, name);
        Assert.Equal("bench:0000000042", Encoding.ASCII.GetString(name));
    }

    private static async Task<ClusterTarget> TargetAsync(FakeCluster cluster) =>
        await ClusterTarget.ConnectAsync(cluster.Server(1).Address, Plan.Workload.ValueBytes, Plan.Seed, Cancellation);
}

using KvCluster.Hosting.Plan;

namespace KvCluster.Tests.Processes;

/// <summary>The smallest cluster that fails over by itself: a main, a replica and a witness.</summary>
public sealed class OneNode : IAsyncLifetime
{
    internal const string Node = ClusterPlanBuilder.MasterNode;
    private TestCluster? _cluster;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    internal async Task<TestCluster> TakeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the signals of a Unix system.");
        if (_cluster is null) return _cluster = await TestCluster.StartAsync(slaves: 0, new Dictionary<string, string> { ["KvNode__BeaconMilliseconds"] = "200" });
        await _cluster.HealAsync();
        return _cluster;
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
    }
}

using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Processes;

/// <summary>One cluster of a master node and a slave node for all tests of the room. Each test takes it whole, whatever the one before left behind.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    /// <summary>The node whose servers the tests kill and halt: the master's office is elsewhere when a test takes the cluster.</summary>
    internal const string Node = "kv-slave-1";
    private TestCluster? _cluster;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    internal async Task<TestCluster> TakeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the signals of a Unix system.");
        if (_cluster is null) return _cluster = await TestCluster.StartAsync(slaves: 1, new Dictionary<string, string> { ["KvNode__BeaconMilliseconds"] = "200", ["Telemetry__Prometheus"] = "true" });
        await MoveMasterAwayAsync(_cluster, (await _cluster.HealAsync()).Topology);
        return _cluster;
    }

    private static async Task MoveMasterAwayAsync(TestCluster cluster, ClusterTopology topology)
    {
        if (topology.NodeOf(topology.Master)?.Name != Node) return;
        using var client = cluster.Connect();
        await client.Operator.MoveMasterAsync(topology.Nodes.First(node => node.Name != Node).Main, TestContext.Current.CancellationToken);
        await cluster.WaitAsync($"the master's office is not at {Node}", status => status.AllSlotsServed && status.Topology.NodeOf(status.Topology.Master)?.Name != Node);
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
    }
}

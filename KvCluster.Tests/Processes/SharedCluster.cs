namespace KvCluster.Tests.Processes;

/// <summary>One cluster of a master node and a slave node for all tests of the room. Each test takes it whole, whatever the one before left behind.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    /// <summary>The node whose servers the tests kill: the master's office stays out of it.</summary>
    internal const string Node = "kv-slave-1";
    private TestCluster? _cluster;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    internal async Task<TestCluster> TakeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the signals of a Unix system.");
        if (_cluster is null) return _cluster = await TestCluster.StartAsync(slaves: 1, new Dictionary<string, string> { ["KvNode__BeaconMilliseconds"] = "200", ["Telemetry__Prometheus"] = "true" });
        await _cluster.HealAsync();
        return _cluster;
    }

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null) await _cluster.DisposeAsync();
    }
}

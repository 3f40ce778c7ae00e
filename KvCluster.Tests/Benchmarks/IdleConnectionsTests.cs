using System.Net;
using KvCluster.Benchmarks;
using KvCluster.Benchmarks.Redis;
using KvCluster.Benchmarks.Wire;
using KvCluster.Core.Replication;
using KvCluster.Tests.Resp;

namespace KvCluster.Tests.Benchmarks;

public sealed class IdleConnectionsTests
{
    [Fact]
    public async Task Connections_AreOpenedAndEachIsUsed()
    {
        await using var rig = await RespRig.StartAsync();
        using var connections = new IdleConnections(new IPEndPoint(IPAddress.Loopback, rig.Port));
        connections.Open(30, TestContext.Current.CancellationToken);
        connections.Use(TestContext.Current.CancellationToken);
        Assert.Equal(30, rig.Server.Sessions.Count);
        Assert.Equal(100, rig.ValueOf("idle:00000029").Length);
    }

    [Fact]
    public async Task RefusedRequest_IsNoMeasurement()
    {
        await using var rig = await RespRig.StartAsync();
        rig.Refusal = Refusal.Overloaded;
        using var connections = new IdleConnections(new IPEndPoint(IPAddress.Loopback, rig.Port));
        connections.Open(1, TestContext.Current.CancellationToken);
        Assert.Throws<ProtocolException>(() => connections.Use(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void PortWithoutServer_IsNamed()
    {
        using var connections = new IdleConnections(new IPEndPoint(IPAddress.Loopback, 1));
        Assert.Throws<BenchmarkException>(() => connections.Open(1, TestContext.Current.CancellationToken));
    }
}

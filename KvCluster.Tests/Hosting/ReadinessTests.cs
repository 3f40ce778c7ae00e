using KvCluster.Node.Host;
using KvCluster.Protocol.Contracts;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KvCluster.Tests.Hosting;

/// <summary>To whom an orchestrator may send clients.</summary>
public sealed class ReadinessTests
{
    [Theory]
    [InlineData(ServerState.Starting, HealthStatus.Unhealthy)]
    [InlineData(ServerState.Reconciling, HealthStatus.Unhealthy)]
    [InlineData(ServerState.Main, HealthStatus.Healthy)]
    [InlineData(ServerState.Replica, HealthStatus.Healthy)]
    [InlineData(ServerState.CatchingUp, HealthStatus.Unhealthy)]
    [InlineData(ServerState.Promoting, HealthStatus.Unhealthy)]
    [InlineData(ServerState.Witness, HealthStatus.Healthy)]
    [InlineData(ServerState.Failed, HealthStatus.Unhealthy)]
    public void Judge_ByRole(ServerState state, HealthStatus expected) => Assert.Equal(expected, Judge(state));

    [Fact]
    public void Judge_OneCopyWhereThereShouldBeTwo_IsDegraded() => Assert.Equal(HealthStatus.Degraded, Judge(ServerState.Main, isDegraded: true));

    [Theory]
    [InlineData(4.9, HealthStatus.Healthy)]
    [InlineData(5.1, HealthStatus.Degraded)]
    [InlineData(null, HealthStatus.Degraded)]
    public void Judge_ReplicaThatIsBehind_IsDegraded(double? lagSeconds, HealthStatus expected) =>
        Assert.Equal(expected, Judge(ServerState.Replica, lagSeconds));

    [Fact]
    public void Judge_AMainHasNoLagOfItsOwn() => Assert.Equal(HealthStatus.Healthy, Judge(ServerState.Main, lagSeconds: 60));

    [Theory]
    [InlineData(ServerState.Main)]
    [InlineData(ServerState.Replica)]
    public void Judge_Stopping_IsNotReady(ServerState state) => Assert.Equal(HealthStatus.Unhealthy, Judge(state, isStopping: true));

    private static HealthStatus Judge(ServerState state, double? lagSeconds = 0, bool isDegraded = false, bool isStopping = false) =>
        ReadinessCheck.Judge(new ServerStatus { Name = "x", State = state, IsDegraded = isDegraded, Reason = "why" }, lagSeconds, isStopping).Status;
}

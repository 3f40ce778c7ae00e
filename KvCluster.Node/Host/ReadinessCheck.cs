using KvCluster.Node.Diagnostics;
using KvCluster.Protocol.Contracts;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KvCluster.Node.Host;

/// <summary>Ready: main and serving, or replica in sync, or a witness that is registered. Degraded: a main with one copy where there should be two, a replica far behind.</summary>
/// <remarks>A server that was asked to stop is not ready, whatever it still serves.</remarks>
internal sealed class ReadinessCheck(StatusReporter reporter, IHostApplicationLifetime lifetime, NodeMetrics metrics, INodeSource source) : IHealthCheck
{
    /// <summary>A replica that shows a state older than this is degraded.</summary>
    public static readonly TimeSpan LagMax = TimeSpan.FromSeconds(5);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var result = Judge(reporter.Report(), source.LagSeconds, lifetime.ApplicationStopping.IsCancellationRequested);
        if (result.Status == HealthStatus.Degraded) metrics.Control.FoundDegraded();
        else if (result.Status == HealthStatus.Unhealthy) metrics.Control.FoundUnhealthy();
        return Task.FromResult(result);
    }

    /// <param name="lagSeconds">How old the state is that a replica shows; none when it does not know.</param>
    internal static HealthCheckResult Judge(ServerStatus status, double? lagSeconds, bool isStopping)
    {
        if (isStopping) return HealthCheckResult.Unhealthy("It is stopping.");
        var isReady = status.State is ServerState.Main or ServerState.Replica or ServerState.Witness;
        if (!isReady) return HealthCheckResult.Unhealthy($"{status.State}. {status.Reason}");
        if (status.IsDegraded) return HealthCheckResult.Degraded(status.Reason);

        // In sync means that the log is here; readers may still see a state that is old.
        var isLagging = status.State == ServerState.Replica && !(lagSeconds <= LagMax.TotalSeconds);
        return isLagging ? HealthCheckResult.Degraded($"More than {LagMax.TotalSeconds:0} s behind its main.") : HealthCheckResult.Healthy(status.State.ToString());
    }
}

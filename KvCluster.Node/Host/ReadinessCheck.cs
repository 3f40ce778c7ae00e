using KvCluster.Node.Diagnostics;
using KvCluster.Protocol.Contracts;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KvCluster.Node.Host;

/// <summary>Ready: main and serving, or replica in sync, or a witness that is registered. Degraded: a main with one copy where there should be two.</summary>
/// <remarks>A server that was asked to stop is not ready, whatever it still serves.</remarks>
internal sealed class ReadinessCheck(StatusReporter reporter, IHostApplicationLifetime lifetime, NodeMetrics metrics) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var result = Check();
        if (result.Status == HealthStatus.Degraded) metrics.Control.FoundDegraded();
        else if (result.Status == HealthStatus.Unhealthy) metrics.Control.FoundUnhealthy();
        return Task.FromResult(result);
    }

    private HealthCheckResult Check()
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested) return HealthCheckResult.Unhealthy("It is stopping.");
        var status = reporter.Report();
        var isReady = status.State is ServerState.Main or ServerState.Replica or ServerState.Witness;
        return !isReady ? HealthCheckResult.Unhealthy($"{status.State}. {status.Reason}")
            : status.IsDegraded ? HealthCheckResult.Degraded(status.Reason)
            : HealthCheckResult.Healthy(status.State.ToString());
    }
}

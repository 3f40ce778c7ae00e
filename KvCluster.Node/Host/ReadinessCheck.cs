using KvCluster.Protocol.Contracts;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KvCluster.Node.Host;

/// <summary>Ready: main and serving, or replica in sync, or a witness that is registered. Degraded: a main with one copy where there should be two.</summary>
/// <remarks>A server that was asked to stop is not ready, whatever it still serves.</remarks>
internal sealed class ReadinessCheck(StatusReporter reporter, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested) return Task.FromResult(HealthCheckResult.Unhealthy("It is stopping."));
        var status = reporter.Report();
        var isReady = status.State is ServerState.Main or ServerState.Replica or ServerState.Witness;
        return Task.FromResult(
            !isReady ? HealthCheckResult.Unhealthy($"{status.State}. {status.Reason}")
            : status.IsDegraded ? HealthCheckResult.Degraded(status.Reason)
            : HealthCheckResult.Healthy(status.State.ToString()));
    }
}

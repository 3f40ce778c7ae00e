using KvCluster.Client.Topology;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KvCluster.Client.Health;

/// <summary>Healthy while every node's main answers, degraded while a replica has to stand in, unhealthy when keys are out of reach.</summary>
internal sealed class ClusterHealthCheck(KvClusterClient client) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        RoutingTable routing;
        try
        {
            routing = await client.Topology.RequireAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (KvClusterException failed)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, failed.Message, failed);
        }

        if (!routing.Topology.AllSlotsAssigned) return new HealthCheckResult(context.Registration.FailureStatus, "Some slots belong to no node.");
        var without = routing.Nodes.Where(node => !node.Main.IsActive).ToList();
        if (without.Count == 0) return HealthCheckResult.Healthy();
        var names = string.Join(", ", without.Select(node => node.Id));
        return without.All(node => node.Replica is { IsActive: true })
            ? HealthCheckResult.Degraded($"The main does not answer: {names}.")
            : new HealthCheckResult(context.Registration.FailureStatus, $"No server answers: {names}.");
    }
}

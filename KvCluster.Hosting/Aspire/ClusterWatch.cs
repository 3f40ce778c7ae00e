using KvCluster.Hosting.Sight;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Topology;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KvCluster.Hosting.Aspire;

/// <summary>The newest that is known of a cluster, for its health check and its commands.</summary>
internal sealed class ClusterWatch : IHealthCheck
{
    private volatile ClusterStatus? _now;
    private volatile ClusterStatus? _last;

    /// <summary>None while no server answers.</summary>
    public ClusterStatus? Now => _now;

    /// <summary>Stays when no server answers, because names and nodes are still true then.</summary>
    public ClusterStatus? Last => _last;
    public ServerProcesses Processes { get; } = new();

    public void Note(ClusterStatus? status)
    {
        _now = status;
        if (status is null)
            return;
        _last = status;
        Processes.Note(status);
    }

    public ServerStatus? ServerOf(string name) => Last?.Servers.FirstOrDefault(server => server.Name == name);

    public NodeInfo? NodeOf(string server) => Last?.Topology.Nodes.FirstOrDefault(node => node.Servers.Any(known => known.Name == server));

    public bool IsAllowed(ServerAction action, string server) =>
        ServerActionRules.IsAllowed(action, Processes.StateOf(server), ServerOf(server), NodeOf(server) is { InSync.Length: 2 });

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var health = ClusterHealth.Of(Now);
        return Task.FromResult(health.Condition switch
        {
            ClusterCondition.Healthy => HealthCheckResult.Healthy("all slots are served"),
            ClusterCondition.Degraded => HealthCheckResult.Degraded(health.Sentence),
            _ => HealthCheckResult.Unhealthy(health.Sentence),
        });
    }
}

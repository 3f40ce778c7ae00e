namespace KvCluster.Node.Diagnostics;

/// <summary>What happens around the topology and to whoever asks for this server's health.</summary>
internal sealed class ControlMetrics
{
    private readonly Tally _registrations;
    private readonly Tally _updates;
    private readonly Tally _health;

    public ControlMetrics(NodeMeter meter)
    {
        _registrations = meter.Count(
            "kvcluster.registrations", "{registration}", "Servers that asked this master for a place.", "kvcluster.registration.outcome", "accepted", "refused");
        _updates = meter.Count("kvcluster.topology.updates", "{update}", "Newer topologies that this server took over.");
        _health = meter.Count(
            "kvcluster.health_check.failures", "{failure}", "Answers to readiness checks that were not Healthy.", "kvcluster.health.status", "degraded", "unhealthy");
    }

    public void Registered(bool isAccepted) => _registrations.Add(isAccepted ? 0 : 1);
    public void TopologyUpdated() => _updates.Add();
    public void FoundDegraded() => _health.Add(0);
    public void FoundUnhealthy() => _health.Add(1);
}

namespace KvCluster.Node.Diagnostics;

/// <summary>Everything that a server records, made once and early, so that no instrument appears late.</summary>
internal sealed class NodeMetrics(NodeMeter meter)
{
    public OperationMetrics Operations { get; } = new(meter);
    public ReplicationMetrics Replication { get; } = new(meter);
    public FailoverMetrics Failovers { get; } = new(meter);
    public ControlMetrics Control { get; } = new(meter);
}

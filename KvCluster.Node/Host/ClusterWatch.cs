using KvCluster.Node.Control;
using KvCluster.Node.Diagnostics;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Slots;

namespace KvCluster.Node.Host;

/// <summary>At the master, while somebody collects metrics: looks at the whole cluster every few seconds and shows it to the gauges.</summary>
internal sealed class ClusterWatch(ClusterGauges gauges, NodeGauges own, ClusterStatusReader reader, TopologyHolder holder, TimeProvider time) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Held so that this server's gauges exist from the start, whoever asks for them first.</summary>
    public NodeGauges Own { get; } = own;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var isMine = holder.IsMaster && gauges.IsObserved;
                gauges.Show(isMine && holder.Current is { } topology ? Digest(await reader.ReadAsync(topology, stoppingToken)) : null);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    internal static ClusterReading Digest(ClusterStatus status)
    {
        var nodes = status.Topology.Nodes;
        var served = nodes.Where(node => ClusterStatusReader.IsServed(node, status.Servers)).ToArray();
        var slots = served.Sum(node => node.Slots.Sum(range => range.Length));
        var states = status.Servers.GroupBy(server => NodeSource.NameOf(server.State)).ToDictionary(group => group.Key, group => group.Count());
        return new ClusterReading(slots, Slot.Count - slots, states, [.. nodes.Select(node => new ClusterNodeReading(
            node.Name,
            served.Contains(node) ? node.InSync.Length : 0,
            status.Servers.FirstOrDefault(server => server.Server == node.Main)?.ReplicationLag ?? 0))]);
    }
}

using System.Diagnostics.Metrics;

namespace KvCluster.Node.Diagnostics;

/// <summary>The state of this server as gauges.</summary>
/// <remarks>
/// A state is one series for each, of which exactly one is 1: a number for a state would be charted as if it meant an amount. What only a main
/// can know is zero elsewhere, so that the sum over all servers is the cluster's.
/// </remarks>
internal sealed class NodeGauges
{
    /// <summary>What <c>kvcluster.server.state</c> can be.</summary>
    public static readonly string[] States = ["starting", "reconciling", "main", "replica", "catching_up", "promoting", "witness", "failed"];

    private static readonly KeyValuePair<string, object?>[] StateAttributes = [.. States.Select(state => new KeyValuePair<string, object?>("kvcluster.server.state", state))];
    private readonly INodeSource _source;

    public NodeGauges(NodeMeter meter, INodeSource source)
    {
        _source = source;
        meter.Gauge("kvcluster.server.state", "1", "1 for the state this server is in, 0 for every other.", ObserveState);
        meter.Gauge("kvcluster.server.degraded", "1", "1 while this main's writes have one copy although the node has two servers.", () => One(source.IsDegraded ? 1 : 0));
        meter.Gauge("kvcluster.replication.lag", "{entry}", "Log entries that are not on the other server's disk.", () => One(source.LagEntries));
        meter.Gauge("kvcluster.replication.delay", "s", "Main: age of the oldest entry that the other server lacks. Replica: how stale its reads can be.", ObserveDelay);
        meter.Sum("kvcluster.replication.backlog", "By", "Log bytes that are not on the other server's disk, about.", () => One(source.BacklogBytes));
        meter.Gauge("kvcluster.node.in_sync", "{server}", "Servers of this main's node that every acknowledged write is on.", () => One(source.InSync));
        meter.Gauge("kvcluster.catch_up.remaining", "{entry}", "Entries that a server outside the in-sync set still lacks.", () => One(source.CatchUpEntries));
        meter.Sum("kvcluster.log.size", "By", "The log on this server's disk, about.", () => One(source.LogBytes));
        meter.Sum("kvcluster.log.entries", "{entry}", "Entries kept in the log.", () => One(source.LogEntries));
        meter.Sum("kvcluster.keys", "{key}", "Keys that this server stores: an estimate at its start, counted exactly since.", () => One(source.Keys));
        meter.Gauge("kvcluster.topology.version", "1", "Version of the topology that this server acts by.", () => One(source.TopologyVersion));
    }

    private static IEnumerable<Measurement<long>> One(long value) => [new(value)];

    private IEnumerable<Measurement<double>> ObserveDelay() => _source.LagSeconds is { } seconds ? [new(seconds)] : [];

    private IEnumerable<Measurement<long>> ObserveState()
    {
        var state = _source.State;
        return States.Select((name, place) => new Measurement<long>(name == state ? 1 : 0, StateAttributes[place]));
    }
}

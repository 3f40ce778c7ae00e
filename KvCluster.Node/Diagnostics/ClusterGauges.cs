using System.Diagnostics.Metrics;

namespace KvCluster.Node.Diagnostics;

/// <summary>The cluster as a whole, told by the master alone: dashboards group by process and cannot add it up themselves.</summary>
internal sealed class ClusterGauges
{
    private const string NodeAttribute = "kvcluster.node.name";
    private const string SlotsAttribute = "kvcluster.slot.state";
    private readonly Instrument _slots;
    private ClusterReading? _reading;

    public ClusterGauges(NodeMeter meter)
    {
        _slots = meter.Gauge("kvcluster.cluster.slots", "{slot}", "Slots with a serving main, and without.", () => Observe(SlotsOf));
        meter.Gauge("kvcluster.cluster.servers", "{server}", "Servers of the topology by state.", () => Observe(ServersOf));
        meter.Gauge("kvcluster.cluster.node.copies", "{copy}", "Copies that an acknowledged write of a node has; 0 when its main does not serve.",
            () => Observe(reading => reading.Nodes.Select(node => new Measurement<long>(node.Copies, new KeyValuePair<string, object?>(NodeAttribute, node.Name)))));
        meter.Gauge("kvcluster.cluster.node.lag", "{entry}", "Entries that a node's replica lacks.",
            () => Observe(reading => reading.Nodes.Select(node => new Measurement<long>(node.LagEntries, new KeyValuePair<string, object?>(NodeAttribute, node.Name)))));
    }

    /// <summary>Somebody collects: it is worth asking every server how it is.</summary>
    public bool IsObserved => _slots.Enabled;

    /// <summary>The newest view; none at a server that is not master.</summary>
    public void Show(ClusterReading? reading) => Volatile.Write(ref _reading, reading);

    private IEnumerable<Measurement<long>> Observe(Func<ClusterReading, IEnumerable<Measurement<long>>> observe) =>
        Volatile.Read(ref _reading) is { } reading ? observe(reading) : [];

    private static IEnumerable<Measurement<long>> SlotsOf(ClusterReading reading) =>
    [
        new(reading.SlotsServed, new KeyValuePair<string, object?>(SlotsAttribute, "served")),
        new(reading.SlotsUnserved, new KeyValuePair<string, object?>(SlotsAttribute, "unserved")),
    ];

    private static IEnumerable<Measurement<long>> ServersOf(ClusterReading reading) => NodeGauges.States.Append("unreachable").Select(state =>
        new Measurement<long>(reading.ServersByState.GetValueOrDefault(state), new KeyValuePair<string, object?>("kvcluster.server.state", state)));
}

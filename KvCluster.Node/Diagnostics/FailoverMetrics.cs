using System.Diagnostics.Metrics;

namespace KvCluster.Node.Diagnostics;

/// <summary>Failovers, counted by the server that became main.</summary>
internal sealed class FailoverMetrics
{
    public const string ReasonAttribute = "kvcluster.failover.reason";
    private static readonly string[] Reasons = ["silence", "hand_over", "operator"];
    private readonly Tally _failovers;
    private readonly Histogram<double> _duration;

    public FailoverMetrics(NodeMeter meter)
    {
        _failovers = meter.Count("kvcluster.failovers", "{failover}", "Times this server took the main's place.", ReasonAttribute, Reasons);
        _duration = meter.Seconds("kvcluster.failover.duration", "From asking for the main's place, or being given it by an operator, to serving as main.");
    }

    public void TookOver(FailoverReason reason, TimeSpan took)
    {
        _failovers.Add((int)reason);
        _duration.Record(took.TotalSeconds, new KeyValuePair<string, object?>(ReasonAttribute, NameOf(reason)));
    }

    public static string NameOf(FailoverReason reason) => Reasons[(int)reason];
}

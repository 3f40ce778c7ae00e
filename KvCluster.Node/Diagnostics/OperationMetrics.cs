using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace KvCluster.Node.Diagnostics;

/// <summary>Requests for keys, whatever protocol they came by: how long the store took for each, what became of it, on how many disks it is.</summary>
/// <remarks>On the way of every request: no allocation, and without a listener one look at a flag and one addition.</remarks>
internal sealed class OperationMetrics
{
    public const string NameAttribute = "kvcluster.operation.name";
    public const string OutcomeAttribute = "kvcluster.operation.outcome";
    private static readonly string[] Outcomes = ["ok", "rejected", "refused", "unknown"];
    private readonly Histogram<double> _duration;
    private readonly Tally _operations;
    private readonly Tally _writes;

    public OperationMetrics(NodeMeter meter)
    {
        _duration = meter.Seconds("kvcluster.operation.duration", "From the request's arrival at the store to its answer.");
        _operations = meter.Count("kvcluster.operations", "{operation}", "Requests for keys that the store has answered.", OutcomeAttribute, Outcomes);
        _writes = meter.Count("kvcluster.writes", "{write}", "Acknowledged writes, by durable copies.", "kvcluster.write.copies", "1", "2");
    }

    /// <summary>The moment from which an operation counts; zero when nobody wants to know.</summary>
    public long Begin() => _duration.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <param name="operation">Its name; must be a constant, not made for the occasion.</param>
    /// <param name="began">What <see cref="Begin"/> said.</param>
    public void End(string operation, OperationOutcome outcome, long began)
    {
        _operations.Add((int)outcome);
        if (began == 0) return;
        _duration.Record(
            Stopwatch.GetElapsedTime(began).TotalSeconds,
            new KeyValuePair<string, object?>(NameAttribute, operation),
            new KeyValuePair<string, object?>(OutcomeAttribute, Outcomes[(int)outcome]));
    }

    public void Acknowledged(int copies) => _writes.Add(copies >= 2 ? 1 : 0);
}

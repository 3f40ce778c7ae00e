using System.Diagnostics.Metrics;

namespace KvCluster.Node.Replication;

/// <summary>What replication measures on its hot threads (meter <c>KvCluster.Node</c>).</summary>
internal sealed class ReplicationMetrics
{
    private static readonly double[] SecondsBuckets = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
    private readonly Histogram<double> _fsync;

    public ReplicationMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("KvCluster.Node");
        _fsync = meter.CreateHistogram(
            "kvcluster.log.fsync.duration", "s", "One sync of the log.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = SecondsBuckets });
    }

    public void Synced(long microseconds) => _fsync.Record(microseconds / 1_000_000d);
}

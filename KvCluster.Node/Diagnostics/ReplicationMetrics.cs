using System.Diagnostics.Metrics;

namespace KvCluster.Node.Diagnostics;

/// <summary>What replication measures on its own threads.</summary>
internal sealed class ReplicationMetrics
{
    private const int Sent = 0;
    private const int Received = 1;
    private readonly Histogram<double> _fsync;
    private readonly Histogram<double> _commit;
    private readonly Tally _fsyncs;
    private readonly Tally _commits;
    private readonly Tally _snapshots;

    public ReplicationMetrics(NodeMeter meter)
    {
        _fsync = meter.Seconds("kvcluster.log.fsync.duration", "One sync of the log to the disk.");
        _commit = meter.Seconds("kvcluster.commit.duration", "From a write's arrival to its commit, for the oldest write of each group.");
        _fsyncs = meter.Count("kvcluster.log.fsyncs", "{sync}", "Syncs of the log to the disk.");
        _commits = meter.Count("kvcluster.commits", "{group}", "Groups of writes that this main committed.");
        _snapshots = meter.Count("kvcluster.catch_up.snapshot.io", "By", "Bytes of snapshots.", "kvcluster.io.direction", "sent", "received");
    }

    /// <summary>Somebody wants to know how long commits take.</summary>
    public bool MeasuresCommits => _commit.Enabled;

    public void Synced(long microseconds)
    {
        _fsyncs.Add();
        _fsync.Record(microseconds / 1_000_000d);
    }

    /// <param name="since">Age of the group's oldest write; none where nobody measures.</param>
    public void Committed(TimeSpan? since)
    {
        _commits.Add();
        if (since is { } age) _commit.Record(age.TotalSeconds);
    }

    public void SnapshotSent(long bytes) => _snapshots.Add(Sent, bytes);
    public void SnapshotReceived(long bytes) => _snapshots.Add(Received, bytes);
}

using System.Diagnostics;
using KvCluster.Core.Replication;
using KvCluster.Node.Diagnostics;
using KvCluster.Node.Replication;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Host;

/// <summary>Tells the log, the metrics and a trace when this server's role, or the number of copies, changes. Called in the core's turns only, one at a time.</summary>
/// <remarks>
/// The span of a failover stays the current one of all turns from the first request to the master until the end, so that every request it
/// causes, here and at the master, belongs to its trace.
/// </remarks>
internal sealed partial class RoleWatch(FailoverMetrics metrics, ServerId self, string server, ILogger logger)
{
    private FailoverReason _reason;
    private long _askedAt;
    private Activity? _span;

    /// <summary>The core asks the master for another configuration; it repeats a request that got no answer.</summary>
    public void OnProposed(ConfigurationChangeKind kind)
    {
        if (_askedAt != 0 || kind is not (ConfigurationChangeKind.Takeover or ConfigurationChangeKind.HandOver)) return;
        Begin(kind == ConfigurationChangeKind.Takeover ? FailoverReason.Silence : FailoverReason.HandOver);
        LogAsking(logger, server, FailoverMetrics.NameOf(_reason));
    }

    public void OnChanged(ReplicationStatus before, ReplicationStatus after)
    {
        if (before.Role != after.Role) LogRole(logger, server, after.Role, before.Role, after.Configuration?.Epoch.Value ?? 0);
        if (_askedAt == 0 && IsForced(before, after))
        {
            Begin(FailoverReason.Operator);
            LogForced(logger, server);
        }

        if (_askedAt != 0) FollowFailover(before.Role, after);
        if (IsAlone(before) == IsAlone(after)) return;
        if (IsAlone(after)) LogOneCopy(logger, server);
        else if (after.Role == ReplicaRole.Main) LogTwoCopies(logger, server);
    }

    private void Begin(FailoverReason reason)
    {
        _reason = reason;
        _askedAt = Stopwatch.GetTimestamp();
        _span = NodeActivities.Source.StartActivity(NodeActivities.Failover)?.SetTag("kvcluster.server.name", server).SetTag(FailoverMetrics.ReasonAttribute, FailoverMetrics.NameOf(reason));
    }

    // Only an operator begins a new lineage, and the server that leads it has asked for nothing.
    private bool IsForced(ReplicationStatus before, ReplicationStatus after) =>
        before.Configuration is { } old && after.Configuration is { } now && now.Lineage > old.Lineage && now.Main == self && old.Main != self;

    private void FollowFailover(ReplicaRole before, ReplicationStatus after)
    {
        if (after.Role == ReplicaRole.Reconciling)
        {
            if (before != ReplicaRole.Reconciling) _span?.AddEvent(new ActivityEvent("granted"));
            return;
        }

        if (after.Role != ReplicaRole.Main && (after.IsPromoting || after.Configuration?.Main == self)) return;
        if (after.Role == ReplicaRole.Main)
        {
            var took = Stopwatch.GetElapsedTime(_askedAt);
            metrics.TookOver(_reason, took);
            LogTookOver(logger, server, FailoverMetrics.NameOf(_reason), (long)took.TotalMilliseconds);
        }
        else
        {
            _span?.SetStatus(ActivityStatusCode.Error, "The place was not granted.");
        }

        _span?.SetTag("kvcluster.node.epoch", after.Configuration?.Epoch.Value).Dispose();
        (_askedAt, _span) = (0, null);
    }

    private static bool IsAlone(ReplicationStatus status) =>
        status is { Role: ReplicaRole.Main, Configuration: { Members.Length: > 1, InSync.Length: 1 } };

    [LoggerMessage(1020, LogLevel.Information, "{Server} is now {Role} (was {Before}) in epoch {Epoch}.")]
    private static partial void LogRole(ILogger logger, string server, ReplicaRole role, ReplicaRole before, long epoch);

    [LoggerMessage(1021, LogLevel.Warning, "{Server} asks for the main's place: {Reason}.")]
    private static partial void LogAsking(ILogger logger, string server, string reason);

    [LoggerMessage(1022, LogLevel.Warning, "{Server} took the main's place ({Reason}) and serves after {Milliseconds} ms.")]
    private static partial void LogTookOver(ILogger logger, string server, string reason, long milliseconds);

    [LoggerMessage(1023, LogLevel.Warning, "{Server} acknowledges writes with one copy: its replica is out of sync.")]
    private static partial void LogOneCopy(ILogger logger, string server);

    [LoggerMessage(1024, LogLevel.Information, "{Server} acknowledges writes with two copies again.")]
    private static partial void LogTwoCopies(ILogger logger, string server);

    [LoggerMessage(1025, LogLevel.Warning, "{Server} was given the main's place by an operator: what only the others had is lost.")]
    private static partial void LogForced(ILogger logger, string server);
}

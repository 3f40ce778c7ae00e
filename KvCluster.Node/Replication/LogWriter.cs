using KvCluster.Core.Log;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.State;
using KvCluster.Node.Diagnostics;
using KvCluster.Node.Storage;

namespace KvCluster.Node.Replication;

/// <summary>
/// The log's thread: appends what the core wants persisted, syncs once for everything that came meanwhile (group commit), then says
/// so and lets the messages go that waited for it.
/// </summary>
internal sealed class LogWriter(IServerStorage storage, FsyncPolicy fsync, ReplicationPorts ports)
{
    private readonly Mailbox<ReplicationEffect> _work = new();
    private readonly List<SendEffect> _sends = [];
    private readonly List<LogEntry> _recorded = [];
    private ISnapshotStaging? _staging;
    private DateTimeOffset _began;
    private long _written;
    private long _reported;
    private long _syncedAt;

    public void Post(ReplicationEffect effect) => _work.Post(effect);
    public void Close() => _work.Close();

    public void Run()
    {
        var batch = new List<ReplicationEffect>();
        while (_work.TakeAll(ref batch, IdleWait))
        {
            foreach (var effect in batch) Execute(effect);
            batch.Clear();
            Finish();
        }

        if (!fsync.IsAlways) storage.SyncLog();
        _staging?.Dispose();
    }

    private TimeSpan IdleWait => fsync.IntervalMilliseconds > 0 ? TimeSpan.FromMilliseconds(fsync.IntervalMilliseconds) : Timeout.InfiniteTimeSpan;

    private void Execute(ReplicationEffect effect)
    {
        switch (effect)
        {
            case PersistEffect persist:
                if (_recorded.Count == 0) _began = DateTimeOffset.UtcNow;
                EntryTracing.Collect(persist.Entries, 0, persist.Entries.Count, _recorded);
                storage.AppendLog(persist.TruncateFrom, persist.Entries);
                _written = persist.WriteId;
                break;
            case SendEffect send: _sends.Add(send); break;
            case TrimLogEffect trim: storage.TrimLog(trim.UpTo); break;
            case SaveLineageEffect save: storage.WriteMeta(MetaNames.Lineage, BitConverter.GetBytes(save.Lineage)); break;
            case BeginStagingEffect begin: BeginStaging(begin.Id); break;
            case StageChunkEffect stage: Stage(stage); break;
            case InstallSnapshotEffect install: Install(install); break;
            default: throw new InvalidOperationException($"{effect.GetType().Name} is no work for the log's thread.");
        }
    }

    private void Finish()
    {
        if ((_written > _reported || fsync.IntervalMilliseconds > 0) && IsSyncDue) Sync();

        // The other server waits for these words; this server's own core may hear a moment later.
        foreach (var send in _sends) ports.Send(send);
        _sends.Clear();
        if (_written == _reported) return;
        _reported = _written;
        EntryTracing.Record(NodeActivities.LogSync, _recorded, _began);
        ports.Loop(new WriteDurable(_written));
    }

    private bool IsSyncDue =>
        fsync.IsAlways || (fsync.IntervalMilliseconds > 0 && MonotonicClock.Microseconds - _syncedAt >= fsync.IntervalMilliseconds * 1_000L);

    private void Sync()
    {
        var began = MonotonicClock.Microseconds;
        storage.SyncLog();
        _syncedAt = MonotonicClock.Microseconds;
        ports.Metrics.Synced(_syncedAt - began);
    }

    private void BeginStaging(SnapshotId id)
    {
        _staging?.Dispose();
        _staging = storage.BeginStaging(id);
        ports.Loop(new SnapshotStaged(id, _staging.Chunks));
    }

    private void Stage(StageChunkEffect stage)
    {
        if (_staging is null || _staging.Id != stage.Id || _staging.Chunks != stage.Number) return;
        _staging.Add(stage.Chunk.Span);
        ports.Metrics.SnapshotReceived(stage.Chunk.Length);
        ports.Loop(new SnapshotStaged(stage.Id, _staging.Chunks));
    }

    private void Install(InstallSnapshotEffect install)
    {
        if (_staging is null || _staging.Id != install.Id) return;
        var staging = _staging;
        _staging = null;

        // The applier must not write to the state that goes away, nor see half of the one that comes.
        ports.WhileApplierRests(() =>
        {
            staging.Install(install.LastRevision);
            storage.WriteMeta(MetaNames.Lineage, BitConverter.GetBytes(install.Id.Lineage));
            staging.Dispose();
        });
        ports.Loop(new SnapshotInstalled(install.Id, install.LastRevision));
    }
}

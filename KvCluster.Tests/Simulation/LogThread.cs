using KvCluster.Core.Log;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;

namespace KvCluster.Tests.Simulation;

/// <summary>
/// The log's thread: appends what the core wants persisted, syncs once for all that came meanwhile, says so, and then lets the
/// messages go that waited for it.
/// </summary>
internal sealed class LogThread(SimProcess process)
{
    private readonly SimWorld _world = process.World;
    private readonly List<SendEffect> _sends = [];
    private List<ReplicationEffect> _work = [];
    private List<ReplicationEffect> _batch = [];
    private int _next;
    private bool _isBusy;
    private long _written;
    private long _reported;

    public void Post(ReplicationEffect effect)
    {
        if (process.HasFailed) return;
        _work.Add(effect);
        if (_isBusy) return;
        _isBusy = true;
        process.Schedule(_world.Random.Between(5, 40), BeginBatch);
    }

    private void BeginBatch()
    {
        (_batch, _work) = (_work, _batch);
        _work.Clear();
        _next = 0;
        Execute();
    }

    private void Execute()
    {
        while (_next < _batch.Count)
        {
            if (process.HasFailed) return;
            if (_batch[_next++] is not InstallSnapshotEffect install)
            {
                Execute(_batch[_next - 1]);
                continue;
            }

            // The applier must not write to the state that goes away: this thread waits for it.
            if (process.Disk.StagedId != install.Id) continue;
            _world.TemptOperator(process.Server);
            process.Schedule(_world.Random.Around(process.Disk.SyncMicroseconds), () => process.Applier!.WhileResting(() => Install(install)));
            return;
        }

        if (_written > _reported) process.Schedule(_world.Random.Around(process.Disk.SyncMicroseconds), Finish);
        else Finish();
    }

    private void Execute(ReplicationEffect effect)
    {
        switch (effect)
        {
            case PersistEffect persist: Append(persist); break;
            case SendEffect send: _sends.Add(send); break;
            case TrimLogEffect trim: process.Disk.Log.Trim(Protocol.Identity.LogIndex.Min(trim.UpTo, process.Disk.DurableApplied.Index)); break;
            case SaveLineageEffect save: process.Disk.Lineage = save.Lineage; break;
            case BeginStagingEffect begin: BeginStaging(begin); break;
            case StageChunkEffect stage: Stage(stage); break;
            default: throw new InvariantViolation("shell", $"{effect.GetType().Name} is no work for the log's thread.");
        }
    }

    private void Append(PersistEffect persist)
    {
        if (HasTrouble()) return;
        if (persist.TruncateFrom is { } from && from <= process.Disk.Log.Last)
        {
            _world.Sightings.Note(Sighting.DivergentTailCut);
            process.Server.Node.Oracle.OnTruncated(process, from);
        }

        process.Disk.Log.Append(persist.TruncateFrom, persist.Entries);
        process.Server.Node.Oracle.OnPersisted(process.Server, persist.Entries);
        _written = persist.WriteId;
        _world.Trace.Add(_world.Now, process.Server.Number, TraceKind.Persisted, persist.WriteId, process.Disk.Log.Last.Value, persist.TruncateFrom);
    }

    private void Finish()
    {
        if (process.HasFailed) return;
        if (_written > _reported)
        {
            if (HasTrouble()) return;
            process.Disk.Log.Sync();
            _reported = _written;
            _world.Trace.Add(_world.Now, process.Server.Number, TraceKind.Synced, _written, process.Disk.Log.DurableLast.Value);
            process.Core!.Post(new WriteDurable(_written));
        }

        foreach (var send in _sends) _world.Network.SendToPeer(process, send);
        _sends.Clear();
        _isBusy = _work.Count > 0;
        if (_isBusy) process.Schedule(1, BeginBatch);
    }

    private bool HasTrouble()
    {
        if (process.Disk.Trouble == DiskTrouble.None) return false;
        process.Fail($"the disk is {process.Disk.Trouble}");
        return true;
    }

    private void BeginStaging(BeginStagingEffect begin)
    {
        if (HasTrouble()) return;
        if (process.Disk.StagedId is { } other && other != begin.Id) _world.Sightings.Note(Sighting.SnapshotReplaced);
        process.Disk.BeginStaging(begin.Id);
        if (process.Disk.StagedChunks > 0) _world.Sightings.Note(Sighting.SnapshotResumed);
        _world.Trace.Add(_world.Now, process.Server.Number, TraceKind.Staged, begin.Id.Index.Value, process.Disk.StagedChunks, begin.Id);
        process.Core!.Post(new SnapshotStaged(begin.Id, process.Disk.StagedChunks));
    }

    private void Stage(StageChunkEffect stage)
    {
        if (HasTrouble() || process.Disk.StagedId != stage.Id || process.Disk.StagedChunks != stage.Number) return;
        process.Disk.Stage(stage.Chunk.Span);
        _world.Tempt(process.Server);
        process.Core!.Post(new SnapshotStaged(stage.Id, process.Disk.StagedChunks));
    }

    private void Install(InstallSnapshotEffect install)
    {
        if (HasTrouble() || process.HasFailed) return;
        process.Disk.Install(install.LastRevision);
        _world.Sightings.Note(Sighting.SnapshotInstalled);
        _world.Trace.Add(_world.Now, process.Server.Number, TraceKind.Installed, install.Id.Epoch.Value, install.Id.Index.Value);
        process.Server.Node.Oracle.OnInstalled(process, install.Id);
        process.Executor.Load(process.Disk.Rows);
        process.Core!.Post(new SnapshotInstalled(install.Id, install.LastRevision));
        process.Schedule(_world.Random.Around(20), Execute);
    }
}

using System.IO.Hashing;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.Replication.Messages;
using KvCluster.Core.State;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication;

/// <summary>
/// The learner's side of a snapshot: chunks in order, beside the live state, then one durable step that makes them the state.
/// The newest offer of the present main wins; an older one never touches the live store.
/// </summary>
internal sealed class SnapshotReceiver(CoreState core)
{
    private SnapshotId? _id;
    private Member _main;
    private Revision _lastRevision;
    private int _accepted;
    private int _staged;
    private int _total = int.MaxValue;
    private bool _isReady;

    /// <summary>The live state is being replaced: no entry can be taken until it is done.</summary>
    public bool IsInstalling { get; private set; }

    /// <summary>The entry that the snapshot being collected ends with.</summary>
    public LogIndex? Index => _id?.Index;

    public void OnMessage(Member main, PeerMessage message)
    {
        if (message is SnapshotOffer offer) OnOffer(main, offer);
        else if (message is SnapshotChunk chunk) OnChunk(chunk);
    }

    private void OnOffer(Member main, SnapshotOffer offer)
    {
        _main = main;
        if (_id == offer.Id)
        {
            Report();
            return;
        }

        if (_id is { } current && (current.Epoch > offer.Id.Epoch || current.Index > offer.Id.Index)) return;
        Drop();
        _id = offer.Id;
        _lastRevision = offer.LastRevision;
        core.Emit(new BeginStagingEffect(offer.Id));
    }

    private void OnChunk(SnapshotChunk chunk)
    {
        if (!_isReady || (chunk.Id != _id && !core.Has(PlantedBugs.SnapshotWithoutIdentity))) return;
        if (chunk.Number != _accepted)
        {
            // What is staged outlives a run, that it is complete does not: the last chunk says it again.
            if (chunk.IsLast && chunk.Number == _accepted - 1 && !core.Has(PlantedBugs.CompleteStagingWaits)) _total = _accepted;
            InstallIfComplete();
            Report();
            return;
        }

        if (Crc32.HashToUInt32(chunk.Chunk.Span) != chunk.Checksum) return;
        _accepted++;
        if (chunk.IsLast) _total = _accepted;
        core.Emit(new StageChunkEffect(_id!.Value, chunk.Number, chunk.Chunk));
    }

    public void OnStaged(SnapshotStaged staged)
    {
        if (staged.Id != _id || IsInstalling) return;
        if (!_isReady) _accepted = staged.Chunks;
        (_isReady, _staged) = (true, staged.Chunks);
        InstallIfComplete();
        Report();
    }

    private void InstallIfComplete()
    {
        if (IsInstalling || _staged < _total) return;
        IsInstalling = true;

        // Behind the snapshot the log begins anew: an entry that is written after that step must not be one of the old log.
        core.Log.DropUnsaved();
        core.Emit(new InstallSnapshotEffect(_id!.Value, _lastRevision));
    }

    public void OnInstalled(SnapshotInstalled installed)
    {
        IsInstalling = false;
        Drop();
        core.ResetTo(new LogPosition(installed.Id.Epoch, installed.Id.Index), installed.LastRevision);
        if (core.Lineage != installed.Id.Lineage) core.Lineage = installed.Id.Lineage;
    }

    /// <summary>Forgets what is being collected, unless it is already being installed: that step ends by itself.</summary>
    public void Drop()
    {
        if (IsInstalling) return;
        (_id, _accepted, _staged, _total, _isReady) = (null, 0, 0, int.MaxValue, false);
    }

    private void Report()
    {
        if (_isReady && _id is { } id) core.Send(_main, new SnapshotProgress(core.Epoch, id, _staged));
    }
}

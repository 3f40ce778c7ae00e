using System.IO.Hashing;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.Replication.Messages;
using KvCluster.Core.State;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication;

/// <summary>
/// The main's side of a snapshot: open a frozen view, offer it, send its chunks within a window and a rate, go on where the
/// learner says it is. The view outlives a restart of the learner, so that a transfer is resumed and not begun again.
/// </summary>
internal sealed class SnapshotSender(CoreState core)
{
    private SnapshotId? _id;
    private Revision _lastRevision;
    private bool _isOpening;
    private bool _isReading;
    private int _next;
    private int _acknowledged;
    private int _total = int.MaxValue;
    private long _notBefore;
    private long _progressAt;
    private long _advancedAt;

    /// <summary>The log must not be trimmed beyond this entry while the snapshot is under way.</summary>
    public LogIndex? Pin => _id?.Index;

    /// <param name="common">The newest entry that both logs have.</param>
    public void Start(Member peer, LogIndex common)
    {
        // What follows an old snapshot may be trimmed by now: then it leads nowhere, and a new one is taken. So it is when the learner has all of it, and something else besides.
        if (_id is { } old && (old.Index < core.Log.Base.Index || old.Index <= common)) Close();
        if (_id is not null) Offer(peer);
        else if (!_isOpening)
        {
            _isOpening = true;
            core.Emit(new OpenSnapshotEffect());
        }
    }

    /// <returns>False when nobody waits for it any more.</returns>
    public bool OnOpened(SnapshotOpened opened)
    {
        if (!_isOpening) return false;
        _isOpening = false;
        (_id, _lastRevision) = (opened.Id, opened.LastRevision);
        (_next, _acknowledged, _total, _isReading) = (0, 0, int.MaxValue, false);
        (_progressAt, _advancedAt) = (core.Micros, core.Micros);
        return true;
    }

    public void OnProgress(Member peer, SnapshotProgress progress)
    {
        if (progress.Id != _id) return;
        if (progress.Chunks > _acknowledged) _advancedAt = core.Micros;
        if (progress.Chunks > _acknowledged || core.Micros - _progressAt > Patience) _progressAt = core.Micros;
        _acknowledged = progress.Chunks;
        if (_next < _acknowledged) _next = _acknowledged;
        Pump(peer);
    }

    public void OnChunkRead(SnapshotChunkRead read)
    {
        if (read.Id != _id || read.Number != _next || !_isReading) return;
        _isReading = false;
        if (core.Configuration?.PeerOf(core.Self.Id) is not { } peer) return;
        core.Send(peer, new SnapshotChunk(core.Epoch, read.Id, read.Number, read.IsLast, Crc32.HashToUInt32(read.Chunk.Span), read.Chunk));
        _next++;
        if (read.IsLast) _total = _next;
        _notBefore = Math.Max(_notBefore, core.Micros) + (read.Chunk.Length * 1_000_000L / core.Options.SnapshotBytesPerSecond);
        Pump(peer);
    }

    public void OnTimePassed(Member peer)
    {
        if (_id is null) return;
        if (core.Micros - _progressAt > Patience)
        {
            // Chunks or reports were lost: offer again, the learner answers with what it has.
            _progressAt = core.Micros;
            _next = Math.Min(_acknowledged, _total - 1);
            _isReading = false;
            Offer(peer);
        }

        Pump(peer);
    }

    /// <summary>A frozen view holds on to the log and to every value that was replaced since: for a learner that does not come back it is let go.</summary>
    /// <returns>True when it was let go.</returns>
    public bool GiveUpIfStalled()
    {
        if (_id is null || core.Micros - _advancedAt <= core.Options.SnapshotPatienceMicroseconds) return false;
        Close();
        return true;
    }

    public void Close()
    {
        _isOpening = false;
        if (_id is { } id) core.Emit(new CloseSnapshotEffect(id));
        _id = null;
    }

    private long Patience => core.Options.BeaconMicroseconds * 10;

    public void Offer(Member peer)
    {
        if (_id is { } id) core.Send(peer, new SnapshotOffer(core.Epoch, id, _lastRevision));
    }

    private void Pump(Member peer)
    {
        if (_id is not { } id || _isReading || _next >= _total || _next - _acknowledged >= core.Options.SnapshotWindow || core.Micros < _notBefore) return;
        _isReading = true;
        core.Emit(new ReadSnapshotChunkEffect(id, _next, core.Options.SnapshotChunkBytes));
    }
}

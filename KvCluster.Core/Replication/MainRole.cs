using KvCluster.Core.Log;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.Replication.Messages;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Replication;

/// <summary>
/// Main over one or more epochs in a row: orders writes, sends them to the other server, commits what every member that counts has on
/// its disk, holds the lease for reads, and asks the master to take the other server out or put it back.
/// </summary>
internal sealed class MainRole
{
    private readonly CoreState _core;
    private readonly PendingWrites _writes = new();
    private readonly LeaseKeeper _lease;
    private readonly Joining _joining;
    private readonly HandOver _handOver;
    private readonly LogSender _stream;
    private readonly Queue<LogIndex> _controls = new();
    private NodeConfiguration _configuration = null!;
    private PeerProgress? _peer;
    private Proposal? _proposal;
    private LogIndex _reignStart;

    /// <param name="isPeerLeaving">The other server gave its place away because it stops: for the moments it still answers it must not be put back,
    /// for then every write would wait for a server that is gone, until the master takes it out again.</param>
    public MainRole(CoreState core, bool isPeerLeaving)
    {
        _core = core;
        _lease = new LeaseKeeper(core);
        _joining = new Joining(core);
        _handOver = new HandOver(core);
        _stream = new LogSender(core);
        Snapshots = new SnapshotSender(core);
        if (isPeerLeaving) _joining.OnTakenOut();
    }

    public SnapshotSender Snapshots { get; }

    /// <summary>Its no-op is committed, so everything that was ever committed is in its log and applied before it answers (I3).</summary>
    public bool IsServing { get; private set; }
    public LogIndex? PeerMatch => _peer is { HasAnswered: true } peer ? peer.Match : null;

    // What was sent is known to the byte, the rest by the average.
    public long PeerBacklogBytes =>
        _peer is not { HasAnswered: true } peer ? 0
        : peer.Mode == PeerMode.Streaming ? peer.InFlightBytes + BytesAfter(peer.Next.Previous)
        : BytesAfter(peer.Match);

    private long BytesAfter(LogIndex index) => (long)((_core.Log.Last.Index.Value - index.Value) * _core.Log.AverageEntryBytes);

    /// <summary>
    /// The other server's disk counts for a commit, and its lease for reads: it is in the in-sync set, or joining it.
    /// A growth counts from before it is proposed, a shrink only after the master confirmed it (C2).
    /// </summary>
    public bool RequiresPeer => _peer is not null && CountsPeer(_core.Has(PlantedBugs.GrowthCountsLate), _core.Has(PlantedBugs.ShrinkCountsEarly));

    private bool CountsPeer(bool growthLate, bool shrinkEarly) =>
        (_peer!.InSync && !(shrinkEarly && _proposal?.Kind == ConfigurationChangeKind.Shrink)) || (_joining.Counts && !growthLate);

    private bool RequiresLeaseOfPeer => _core.Has(PlantedBugs.JoinerIsNoLessor) ? _peer is { InSync: true } : RequiresPeer;

    public bool AwaitsDisk => !RequiresPeer || _configuration.WriteMode == WriteMode.Relaxed || _handOver.IsUnderWay || _peer!.Match > _core.Log.Durable;

    public void EnterEpoch(NodeConfiguration next)
    {
        // Every change that a reigning main lives through was asked for by itself, so it sees each epoch; after a gap it starts anew.
        var isContinuing = IsServing && next.Lineage == _configuration.Lineage && next.Epoch.Value <= _configuration.Epoch.Value + 1;
        var previous = _peer;
        _configuration = next;
        _proposal = null;
        _joining.Reset();
        _handOver.End(Refusal.LeaseLost);
        var peer = next.PeerOf(_core.Self.Id);
        _peer = peer is null ? null : new PeerProgress(peer.Value, next.IsInSync(peer.Value.Id), _core.Micros);
        if (previous is not null && _peer is not null && previous.Member == _peer.Member)
        {
            // The same run of the follower starts a new grace period when it adopts this epoch, so its earlier lease still holds.
            _peer.LeaseFrom = previous.LeaseFrom;
        }

        if (_core.Has(PlantedBugs.MatchKeptAcrossEpochs) && _peer is not null) _peer.Match = previous?.Match ?? LogIndex.Zero;

        if (previous is { InSync: true } && _peer is { InSync: false }) _joining.OnTakenOut();
        if (_peer is null) Snapshots.Close();
        if (!isContinuing) BeginReign();
        _lease.Reset();
        AdvanceCommit();
        Publish();
    }

    private void BeginReign()
    {
        IsServing = false;
        Append(EntryKind.NoOp, ReadOnlyMemory<byte>.Empty, 0);
        _reignStart = _core.Log.Last.Index;
        if (_core.Has(PlantedBugs.ServeBeforeReconciled)) IsServing = true;
    }

    /// <summary>The same epoch with other settings.</summary>
    public void OnSettingsChanged(NodeConfiguration next)
    {
        _configuration = next;
        AdvanceCommit();
    }

    public void Leave()
    {
        _core.PublishPermit(0, 0);
        _writes.GiveUpBefore(long.MaxValue, _core.Effects, _core.Has(PlantedBugs.UnknownReportedAsRefused) ? Refusal.NotMain : Refusal.Unknown);
        _lease.RefuseAll(Refusal.NotMain);
        _handOver.End(Refusal.None);
        Snapshots.Close();
        IsServing = false;
    }

    public void OnWriteRequested(WriteRequested write)
    {
        var refusal = !IsServing || _handOver.IsUnderWay ? Refusal.NotReady
            : _configuration.WriteMode == WriteMode.Strict && _configuration.InSync.Length < 2 ? Refusal.ReplicaUnavailable
            : _core.Log.Last.Index.Value - _core.Applied.Value >= _core.Options.InFlightEntriesMax || !HasRoomFor(write.Payload.Length) ? Refusal.Overloaded
            : Refusal.None;
        if (refusal == Refusal.None) Append(write.Kind, write.Payload, write.Token, write.Trace);
        else if (write.Token != 0) _core.Emit(new RefuseEffect(write.Token, refusal));
    }

    // An entry that is larger than the bound is taken while nothing else is under way.
    private bool HasRoomFor(long bytes) => _core.Log.UnappliedBytes == 0 || _core.Log.UnappliedBytes + bytes <= _core.Options.InFlightBytesMax;

    private void Append(EntryKind kind, ReadOnlyMemory<byte> payload, long token, TraceContext? trace = null)
    {
        var revision = Revision.After(_core.Log.LastRevision, _core.Now.WallMilliseconds);
        var entry = new LogEntry(_core.Epoch, _core.Log.Last.Index.Next, revision, kind, payload) { Trace = trace };
        _core.Log.Append(entry);
        _stream.OnAppended(entry);
        _writes.Add(entry.Index, token, _core.Micros);
        if (kind != EntryKind.Command) _controls.Enqueue(entry.Index);
    }

    public void OnMessage(PeerMessage message)
    {
        if (_peer is null) return;
        _peer.OnAnswer(_core.Micros);
        switch (message)
        {
            case AppendAck ack: OnAppendAck(ack); break;
            case BeaconAck ack: OnBeaconAck(ack); break;
            case LogReport report: OnLogReport(report); break;
            case SnapshotProgress progress: Snapshots.OnProgress(_peer.Member, progress); break;
            case EpochRefused: _core.AskForTopology(); break;
        }
    }

    private void OnAppendAck(AppendAck ack)
    {
        if (ack.Durable > _core.Log.Last.Index) return;
        _peer!.Acknowledge(ack.Durable, _core.Micros);
        OnProgress();
    }

    private void OnBeaconAck(BeaconAck ack)
    {
        _peer!.ApplyLag = _lease.ApplyLagOf(ack);

        // A main that cannot commit must not go on as if it could: its lease runs out (L4, "faux leader").
        if (!IsStuck)
        {
            var from = _core.Has(PlantedBugs.LeaseCountedFromReceipt) ? _core.Micros : ack.SentAt;
            _peer.LeaseFrom = Math.Max(_peer.LeaseFrom, from);
            _lease.OnConfirmed(ack.SentAt);
        }

        Publish();
        if (IsServing && LeaseUntil > _core.Micros) _core.Send(_peer.Member, new FreshnessAnswer(_core.Epoch, ack.ProbeAt, _core.Committed));
    }

    private bool IsStuck => RequiresPeer && _writes.OldestAt is { } oldest && _core.Micros - oldest > _core.Options.LeaseMicroseconds;

    private bool IsOwnDiskLate => _core.Log.OldestWriteAt is { } oldest && _core.Micros - oldest > _core.Options.LeaseMicroseconds;

    private void OnLogReport(LogReport report)
    {
        var common = report.Lineage == _core.Lineage || report.Last.Index == LogIndex.Zero ? _core.Log.LastCommon(report) : null;
        if (_core.Has(PlantedBugs.TruncateByLength)) common = LogIndex.Min(report.Last.Index, _core.Log.Last.Index);
        var log = new ReportedLog(report, common);
        if (_peer!.InSync && report.Lineage == _core.Lineage && IsSettledAgainst(log)) return;
        if (log.CanBeContinued(_core.Log))
        {
            Snapshots.Close();
            _stream.Begin(_peer, common!.Value.Next);

            // Even with nothing to send: the answer says how far the peer's disk is.
            _core.Send(_peer.Member, new Append(_core.Epoch, _core.Log.PositionOf(common.Value), [], _core.Committed));
            return;
        }

        // Its state has something that this log never had. A snapshot from within what both have would change nothing: it waits for one from beyond.
        if (common >= _core.Applied)
        {
            _peer.Mode = PeerMode.Probing;
            return;
        }

        // A server in the in-sync set has every committed entry; if its log cannot be continued, it must leave the set first.
        _peer.Mode = PeerMode.Snapshot;
        if (_peer.InSync) ProposeShrink(ChangeReason.LogsDiffer);
        else Snapshots.Start(_peer.Member, common ?? LogIndex.Zero);
    }

    // Both servers of the in-sync set have every committed entry, each at the end of its last run. Whose log is short has lost a tail, or got an
    // old disk: which of the two only the other log could tell, and nothing in it may be cut before.
    private bool IsSettledAgainst(in ReportedLog log)
    {
        if (!IsServing && log.ContinuesOwn(_core.Applied) && !_core.Has(PlantedBugs.MainWithShortLogStays))
        {
            _peer!.Mode = PeerMode.Probing;
            if (_proposal?.Kind != ConfigurationChangeKind.Yield)
                _proposal = _core.Propose(ConfigurationChangeKind.Yield, ChangeReason.OwnLogShort, _peer.Member.Id, [_peer.Member.Id], _peer.Member.Incarnation);
            return true;
        }

        // It is filled all the same; but nobody may promote it meanwhile.
        if (_configuration.WriteMode != WriteMode.Relaxed && log.Lacks(_core.Committed, _peer!.Match)) ProposeShrink(ChangeReason.PeerIncomplete);
        return false;
    }

    public void OnPeerDisconnected()
    {
        if (_peer is { Mode: PeerMode.Streaming }) _peer.Mode = PeerMode.Probing;
        if (_peer is not null) _peer.ProbedAt = long.MinValue / 2;
        _lease.Reset();
    }

    public void OnProgress()
    {
        AdvanceCommit();
        ProceedHandOver();
    }

    public void OnApplied() => ServeIfReady();

    private void AdvanceCommit()
    {
        var point = CommitPoint();
        if (!IsServing && point < _reignStart) return;
        _core.CommitUpTo(point);
        while (_controls.Count > 0 && _controls.Peek() <= _core.Committed) _controls.Dequeue();
        var copies = RequiresPeer && _peer!.Match >= _core.Committed ? 2 : 1;
        _core.ApplyCommitted(_writes, copies);
        ServeIfReady();
    }

    // A read takes its value from the applied state: before that has everything, an acknowledged write would be missing from it.
    private void ServeIfReady()
    {
        if (IsServing || _core.Committed < _reignStart) return;
        if (_core.Applied < _reignStart && !_core.Has(PlantedBugs.ServeBeforeApplied)) return;
        IsServing = true;
        Publish();
    }

    // Invariant I7: an entry is committed only when every server that counts has it on its disk, in this epoch.
    private LogIndex CommitPoint()
    {
        var durable = _core.Log.Durable;
        if (IsServing && _configuration is { WriteMode: WriteMode.Strict, InSync.Length: < 2 } && !_core.Has(PlantedBugs.StrictCommitsAlone))
            return _core.Committed;
        if (!RequiresPeer || _core.Has(PlantedBugs.CommitBeyondMatch)) return durable;
        var both = LogIndex.Min(durable, _peer!.Match);
        if (_configuration.WriteMode != WriteMode.Relaxed || !IsServing) return both;

        // Control records are committed on all members whatever the mode is: a lost one could put two nodes in service.
        foreach (var control in _controls)
            if (control > both) return LogIndex.Max(both, LogIndex.Min(durable, control.Previous));
        return durable;
    }

    // Nobody waits for a server that does not count.
    private bool IsPaced => !RequiresPeer;

    public void Pump()
    {
        if (_peer is { } peer) _stream.Pump(peer, IsPaced);
    }

    public void OnLogRead(LogRead read)
    {
        if (_peer is not { } peer) return;
        _stream.OnRead(peer, read, IsPaced);
        Pump();
    }

    public void OnTimePassed()
    {
        _writes.GiveUpBefore(_core.Micros - _core.Options.WriteTimeoutMicroseconds, _core.Effects);
        _lease.GiveUpLate();
        _proposal?.SendIfDue(_core);
        if (_core.Has(PlantedBugs.LostReplyTakenForNo) && _proposal is { Kind: ConfigurationChangeKind.Grow, IsRepeated: true }) ForgetGrowth();
        if (_peer is { } peer)
        {
            SendBeaconIfDue(peer);
            if (peer.Mode == PeerMode.Snapshot) Snapshots.OnTimePassed(peer.Member);
            else _stream.KeepAlive(peer);
            if (Snapshots.GiveUpIfStalled() && peer.Mode == PeerMode.Snapshot) peer.Mode = PeerMode.Probing;
            ShrinkIfLost(peer);
            GrowIfCaughtUp(peer);
        }

        ProceedHandOver();
        TrimLog();
        Publish();
    }

    private void SendBeaconIfDue(PeerProgress peer)
    {
        // Silence lets the replica take over: right when this server's disk does not answer.
        if (IsOwnDiskLate || !_lease.IsBeaconDue) return;
        _lease.SendBeacon(peer);
        if (peer.Mode != PeerMode.Probing || _core.Micros - peer.ProbedAt < _core.Options.BeaconMicroseconds) return;
        peer.ProbedAt = _core.Micros;
        _core.Send(peer.Member, new LogProbe(_core.Epoch));
    }

    // Only a planted bug does this: the growth may have been granted, and only its answer lost.
    private void ForgetGrowth()
    {
        _proposal = null;
        _joining.Reset();
        _joining.OnTakenOut();
    }

    private void ShrinkIfLost(PeerProgress peer)
    {
        // A joiner that was not proposed yet is simply dropped.
        var isMember = peer.InSync || _joining.IsProposed;
        if (!RequiresPeer || !isMember || IsOwnDiskLate || _proposal?.Kind == ConfigurationChangeKind.Yield) return;
        if (peer.WhyLost(_core) is { } reason) ProposeShrink(reason);
    }

    private void ProposeShrink(ChangeReason reason)
    {
        if (_proposal?.Kind == ConfigurationChangeKind.Shrink) return;
        _proposal = _core.Propose(ConfigurationChangeKind.Shrink, reason, _core.Self.Id, [_core.Self.Id]);
        AdvanceCommit();
    }

    private void GrowIfCaughtUp(PeerProgress peer)
    {
        if (peer.InSync || _proposal is not null || !IsServing || _handOver.IsUnderWay) return;
        var isReady = _joining.Advance(peer);

        // Readers must know of the joiner's lease before the master can: the joiner may be promoted the moment it is in the set.
        Publish();
        if (isReady) _proposal = _core.Propose(ConfigurationChangeKind.Grow, ChangeReason.PeerCaughtUp, _core.Self.Id, [_core.Self.Id, peer.Member.Id], peer.Member.Incarnation);
        AdvanceCommit();
    }

    private long LeaseUntil =>
        !IsServing || _handOver.IsReleased ? 0
        : RequiresLeaseOfPeer ? Math.Max(0, _peer!.LeaseFrom + _core.Options.LeaseMicroseconds)
        : long.MaxValue;

    private void Publish() => _core.PublishPermit(LeaseUntil, 0);

    public void OnReadConfirmation(long token)
    {
        if (!IsServing || _handOver.IsReleased) _core.Emit(new RefuseEffect(token, Refusal.NotReady));
        else if (!RequiresLeaseOfPeer) _core.Emit(new RefuseEffect(token, Refusal.None));
        else if (_lease.TryWait(token)) _lease.SendBeacon(_peer!);
    }

    public void OnHandOver(HandOverRequested request)
    {
        var isPossible = IsServing && !_handOver.IsUnderWay && _proposal is null && _peer is { InSync: true, Mode: PeerMode.Streaming };
        if (isPossible) _handOver.Begin(request);
        else if (request.Token != 0) _core.Emit(new RefuseEffect(request.Token, IsServing ? Refusal.ReplicaUnavailable : Refusal.NotReady));
        ProceedHandOver();
    }

    private void ProceedHandOver()
    {
        if (!_handOver.IsUnderWay || _peer is not { } peer) return;
        if (_handOver.TryRelease(peer)) Publish();
        _handOver.AnnounceIfDue(peer);
        if (!_handOver.IsOverdue) return;

        // Once released, only a new epoch tells who is main: this server asks for its own again. Before, it simply goes on.
        if (_handOver.IsReleased) ProposeShrink(ChangeReason.HandOverNotTaken);
        else _handOver.End(Refusal.ReplicaUnavailable);
    }

    // Never what the in-sync peer or a snapshot under way still needs.
    private void TrimLog()
    {
        var limit = _core.Applied;
        if (RequiresPeer) limit = LogIndex.Min(limit, _peer!.Match);
        if (Snapshots.Pin is { } pin && _core.Log.Last.Index.Value - pin.Value < _core.LogEntriesKept * 2) limit = LogIndex.Min(limit, pin);
        _core.TrimLog(limit);
    }
}

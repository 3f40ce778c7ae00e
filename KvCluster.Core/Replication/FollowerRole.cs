using KvCluster.Core.Log;
using KvCluster.Core.Replication.Messages;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication;

/// <summary>
/// Replica or learner in one epoch: takes the main's entries, grants it leases, and, when it is in the in-sync set and hears
/// nothing for a grace period, promises silence in this epoch and asks the master for the main's place.
/// </summary>
internal sealed class FollowerRole
{
    private readonly CoreState _core;
    private readonly NodeConfiguration _configuration;
    private readonly Member _main;
    private readonly Queue<(long ProbeAt, LogIndex Committed)> _freshness = new();
    private long _heardAt;
    private long _freshAsOf;
    private bool _ackDue;
    private LogIndex _committedAtMain;
    private (LogIndex Last, bool IsLeaving)? _released;
    private Proposal? _proposal;

    public FollowerRole(CoreState core, NodeConfiguration configuration)
    {
        (_core, _configuration) = (core, configuration);
        _main = configuration.Find(configuration.Main)!.Value;
        _heardAt = core.Micros;
        core.PublishPermit(0, 0);
    }

    public bool IsInSync => _configuration.IsInSync(_core.Self.Id);

    // Invariant: after the promise no acknowledgement and no lease leaves this server in this epoch (L3).
    public bool HasPromised => _proposal is not null;

    /// <summary>The main released its lease in order to stop.</summary>
    public bool IsMainLeaving => _released is { IsLeaving: true };

    /// <summary>Up to here the log was found equal to the main's in this epoch; the main may have been told so, or will be. It never goes back behind this.</summary>
    public LogIndex Verified { get; private set; }

    // A replica's disk is asked before the entry is committed, so its own word moves nothing; what a learner takes may be committed already.
    public bool AwaitsDisk => !IsInSync || _released is not null || LogIndex.Min(_committedAtMain, Verified) > _core.Log.Durable;

    public void OnMessage(PeerMessage message)
    {
        if (HasPromised && !_core.Has(PlantedBugs.NoPromiseBeforeTakeover)) return;
        switch (message)
        {
            case Beacon beacon: OnBeacon(beacon); break;
            case Append append: OnAppend(append); break;
            case LogProbe: Report(); break;
            case LeaseReleased released: _released = (released.Last, released.IsLeaving); TakeOverIfReleased(); break;
            case FreshnessAnswer answer: OnFreshness(answer); break;
        }
    }

    private void OnBeacon(Beacon beacon)
    {
        _heardAt = _core.Micros;
        LearnCommitted(beacon.Committed);
        _core.Send(_main, new BeaconAck(beacon.Epoch, beacon.SentAt, _core.Micros, _core.Applied));
    }

    private void OnAppend(Append append)
    {
        var follows = _core.Log.Holds(append.Previous) || (_core.Has(PlantedBugs.TruncateByLength) && append.Previous.Index <= _core.Log.Last.Index);
        if (!follows)
        {
            Report();
            return;
        }

        var reach = append.Previous.Index;
        foreach (var entry in append.Entries)
        {
            if (!TryAccept(entry)) return;
            reach = entry.Index;
        }

        Verified = LogIndex.Max(Verified, reach);
        LearnCommitted(append.Committed);
        UpdateFreshness();
        _ackDue = true;
    }

    private bool TryAccept(in LogEntry entry)
    {
        if (_core.Log.Holds(new LogPosition(entry.Epoch, entry.Index)) || entry.Index <= _core.Log.Base.Index) return true;
        if (_core.Has(PlantedBugs.NoTruncation) && entry.Index <= _core.Log.Last.Index) return true;
        if (entry.Index <= _core.Log.Last.Index)
        {
            // Applied effects cannot be taken back: the main sees from the report that this server needs a snapshot.
            if (entry.Index <= _core.ApplyRequested)
            {
                Report();
                return false;
            }

            _core.ForgetCommittedAfter(entry.Index.Previous);
            _core.Log.TruncateAfter(entry.Index.Previous);
        }

        _core.Log.Append(entry);
        return true;
    }

    // Only what was compared with the main's log in this epoch is known to be the same entries.
    private void LearnCommitted(LogIndex committed)
    {
        _committedAtMain = LogIndex.Max(_committedAtMain, committed);
        _core.CommitUpTo(LogIndex.Min(_committedAtMain, Verified));
        _core.ApplyCommitted(null, 0);
    }

    private void OnFreshness(FreshnessAnswer answer)
    {
        if (_freshness.Count >= 64) _freshness.Dequeue();
        _freshness.Enqueue((_core.Has(PlantedBugs.FreshnessCountedFromReceipt) ? _core.Micros : answer.ProbeAt, answer.Committed));
        UpdateFreshness();
    }

    private void UpdateFreshness()
    {
        // What is applied is what the main has only as far as the two logs were compared: a state of another history is never fresh.
        if (_core.ApplyRequested > Verified && !_core.Has(PlantedBugs.FreshnessWithoutComparison)) return;
        var fresh = _freshAsOf;
        while (_freshness.Count > 0 && _freshness.Peek().Committed <= _core.Applied) fresh = Math.Max(fresh, _freshness.Dequeue().ProbeAt);
        if (fresh == _freshAsOf) return;
        _freshAsOf = fresh;
        _core.PublishPermit(0, fresh);
    }

    public void OnProgress()
    {
        _core.ApplyCommitted(null, 0);
        UpdateFreshness();
        TakeOverIfReleased();
    }

    /// <summary>A snapshot takes the log's place: what was not sent of it any more is no longer true.</summary>
    public void OnInstalling() => _ackDue = false;

    public void OnSnapshotInstalled()
    {
        Verified = LogIndex.Zero;
        Report();
    }

    public void OnBatchEnded()
    {
        if (!_ackDue) return;
        _ackDue = false;
        if (HasPromised && !_core.Has(PlantedBugs.NoPromiseBeforeTakeover)) return;
        var epoch = _core.Epoch;
        var after = _core.Has(PlantedBugs.AckBeforeSync) ? 0 : _core.Log.LastWriteId;

        // Every earlier entry is in an earlier or the same write, so this write's end makes the whole verified log durable.
        _core.Send(_main, new AppendAck(epoch, Verified), after);
    }

    public void OnTimePassed(bool isInstalling)
    {
        if (!isInstalling) _core.TrimLog(_core.Applied);
        if (_proposal is not null)
        {
            _proposal.SendIfDue(_core);
            return;
        }

        var mayLead = IsInSync || _core.Has(PlantedBugs.PromoteOutsider);
        var grace = _core.Has(PlantedBugs.TakeoverBeforeLeaseEnds) ? _core.Options.BeaconMicroseconds : _core.Options.GraceMicroseconds;
        if (!mayLead || isInstalling || _core.Micros - _heardAt <= grace) return;
        _proposal = _core.Propose(ConfigurationChangeKind.Takeover, ChangeReason.MainSilent, _core.Self.Id, [_core.Self.Id]);
    }

    private void TakeOverIfReleased()
    {
        if (_released is not { } released || _proposal is not null || !IsInSync) return;
        if (_core.Log.Last.Index != released.Last || _core.Log.Durable < released.Last || Verified < released.Last) return;
        _proposal = _core.Propose(
            ConfigurationChangeKind.HandOver, ChangeReason.MainReleased, _core.Self.Id, released.IsLeaving ? [_core.Self.Id] : [_core.Self.Id, _main.Id]);
    }

    /// <summary>Tells the main what this log holds.</summary>
    public void Report() => _core.Send(_main, _core.Log.Report(_core.Epoch, _core.Lineage, _core.ApplyRequested), _core.Log.LastWriteId);
}

using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.Replication.Messages;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication;

/// <summary>
/// The replication of one server in its node: primary-backup with an outside configuration manager (PacificA, MSR-TR-2008-25).
/// </summary>
/// <remarks>
/// <see cref="Step"/> is the only door. An input comes in with the time, effects go out as data; a message or an application that must
/// wait for the disk names the write it waits for, so the shell cannot get the order wrong. The core relies on: effects carried out
/// in order, one connection at a time to the peer's present run, monotonic time. It promises the invariants I1 to I7 of
/// docs/PROTOCOL.md. Which commands are in the entries is none of its business.
/// </remarks>
public sealed class ReplicationCore
{
    private readonly CoreState _core;
    private readonly SnapshotReceiver _snapshots;
    private MainRole? _main;
    private FollowerRole? _follower;
    private bool _failed;

    public ReplicationCore(CoreStart start, ReplicationOptions options, PlantedBugs bugs = PlantedBugs.None)
    {
        _core = new CoreState(start, options, bugs);
        _snapshots = new SnapshotReceiver(_core);
    }

    public ReplicaRole Role =>
        _failed ? ReplicaRole.Failed
        : _main is not null ? _main.IsServing ? ReplicaRole.Main : ReplicaRole.Reconciling
        : _follower is null ? ReplicaRole.None
        : _follower.IsInSync ? ReplicaRole.Replica : ReplicaRole.Learner;

    public NodeConfiguration? Configuration => _core.Configuration;
    public LogPosition Last => _core.Log.Last;

    /// <summary>The entry before the first one kept.</summary>
    public LogPosition Base => _core.Log.Base;
    public LogIndex Durable => _core.Log.Durable;

    /// <summary>Something was given to this server's disk that it has not confirmed yet.</summary>
    public bool IsWriting => _core.Log.OldestWriteAt is not null;

    /// <summary>That confirmation would move something by itself; else it is the other server's word that is missing.</summary>
    public bool AwaitsDisk => _main?.AwaitsDisk ?? _follower?.AwaitsDisk ?? true;
    public LogIndex Committed => _core.Committed;
    public LogIndex Applied => _core.Applied;

    /// <summary>Asked the master for the main's place and waits for the word.</summary>
    public bool IsPromoting => _follower?.HasPromised ?? false;

    /// <summary>Everything up to here is on the other server's disk, as far as this main knows; none when it does not follow.</summary>
    public LogIndex? PeerMatch => _main?.PeerMatch;

    /// <summary>Bytes of the log that are not on the other server's disk, as far as this main knows, about.</summary>
    public long PeerBacklogBytes => _main?.PeerBacklogBytes ?? 0;

    /// <summary>The main counts on the other server for acknowledgements.</summary>
    public bool RequiresPeer => _main?.RequiresPeer ?? false;

    /// <summary>When <see cref="TimePassed"/> has to come at the latest, in monotonic microseconds.</summary>
    public long NextDeadline => _core.Micros + (_core.Options.BeaconMicroseconds / 4);

    /// <summary>Takes one input at one moment and adds what has to be done to <paramref name="effects"/>, in order.</summary>
    public void Step(ReplicationInput input, Now now, List<ReplicationEffect> effects)
    {
        _core.BeginStep(now, effects);
        if (_failed)
        {
            RefuseAll(input);
            return;
        }

        switch (input)
        {
            case WriteRequested write: OnWriteRequested(write); break;
            case WriteDurable durable: OnWriteDurable(durable); break;
            case EntriesApplied applied: OnEntriesApplied(applied); break;
            case MessageReceived received: OnMessage(received); break;
            case BatchEnded: OnBatchEnded(); break;
            case TimePassed: OnTimePassed(); break;
            case ConfigurationChanged changed: OnConfigurationChanged(changed.Configuration); break;
            case ReadConfirmationRequested request: OnReadConfirmation(request); break;
            case HandOverRequested request: OnHandOver(request); break;
            case PeerDisconnected: _main?.OnPeerDisconnected(); break;
            case LogRead read: _main?.OnLogRead(read); break;
            case SnapshotOpened opened: OnSnapshotOpened(opened); break;
            case SnapshotChunkRead chunk: _main?.Snapshots.OnChunkRead(chunk); break;
            case SnapshotStaged staged: OnSnapshotStaged(staged); break;
            case SnapshotInstalled installed: OnSnapshotInstalled(installed); break;
            case StorageFailed: OnStorageFailed(); break;
            default: throw new ArgumentOutOfRangeException(nameof(input), input.GetType().Name, "No such input.");
        }
    }

    private void OnWriteRequested(WriteRequested write)
    {
        if (_main is not null) _main.OnWriteRequested(write);
        else Refuse(write.Token, _follower is null ? Refusal.NotReady : Refusal.NotMain);
    }

    private void OnWriteDurable(WriteDurable durable)
    {
        if (!_core.Log.OnDurable(durable.WriteId)) return;
        _main?.OnProgress();
        ProgressOfFollower();
    }

    // What a snapshot is about to replace must not be applied behind it.
    private void ProgressOfFollower()
    {
        if (!_snapshots.IsInstalling) _follower?.OnProgress();
    }

    private void OnEntriesApplied(EntriesApplied applied)
    {
        _core.OnApplied(applied.Index);
        _main?.OnApplied();
        ProgressOfFollower();
    }

    private void OnMessage(MessageReceived received)
    {
        if (_core.Configuration?.PeerOf(_core.Self.Id) is not { } peer || !IsFrom(peer, received.From)) return;
        var message = received.Message;
        if (message.Epoch < _core.Epoch && !(_core.Has(PlantedBugs.FollowerAcceptsOldEpoch) && _follower is not null && message is Append or Beacon)
            && !(_core.Has(PlantedBugs.AcksOfOldEpochCount) && message is AppendAck))
        {
            if (message is not EpochRefused) _core.Send(received.From, new EpochRefused(_core.Epoch));
            return;
        }

        if (message.Epoch > _core.Epoch)
        {
            _core.AskForTopology();
            return;
        }

        if (_main is not null) _main.OnMessage(message);
        else if (_snapshots.IsInstalling) return;
        else if (message is SnapshotOffer or SnapshotChunk) OnSnapshotMessage(message);
        else _follower?.OnMessage(message);
    }

    private bool IsFrom(Member peer, Member sender) =>
        peer == sender || (peer.Id == sender.Id && _follower is not null && _core.Has(PlantedBugs.FollowerAcceptsOldEpoch));

    // Only a server outside the in-sync set may throw its log away for a snapshot.
    private void OnSnapshotMessage(PeerMessage message)
    {
        if (_follower is not { IsInSync: false } follower || _core.Configuration!.Find(_core.Configuration.Main) is not { } main) return;

        // The offer of a snapshot that is installed already, or overtaken by the log, means that the main missed the report of it.
        if (message is SnapshotOffer offer && (IsInstalled(offer) || offer.Id.Index < follower.Verified)) follower.Report();
        else if (!IsOvertaken(follower))
        {
            _snapshots.OnMessage(main, message);
            NoteInstalling();
        }
    }

    private void OnSnapshotStaged(SnapshotStaged staged)
    {
        if (_follower is not null && IsOvertaken(_follower)) return;
        _snapshots.OnStaged(staged);
        NoteInstalling();
    }

    // The log may have caught up while the chunks came. What it was found equal in stays: it never goes back behind an acknowledgement of this epoch.
    private bool IsOvertaken(FollowerRole follower)
    {
        if (_snapshots.IsInstalling || _snapshots.Index is not { } index || index >= follower.Verified) return false;
        _snapshots.Drop();
        follower.Report();
        return true;
    }

    private void NoteInstalling()
    {
        if (_snapshots.IsInstalling) _follower?.OnInstalling();
    }

    private bool IsInstalled(SnapshotOffer offer) =>
        offer.Id.Lineage == _core.Lineage && _core.Applied >= offer.Id.Index && _core.Log.Holds(new LogPosition(offer.Id.Epoch, offer.Id.Index));

    private void OnBatchEnded()
    {
        if (_core.Log.TakeGroup(_core.Micros) is { } group) _core.Emit(group);
        _main?.Pump();
        _follower?.OnBatchEnded();
    }

    private void OnTimePassed()
    {
        _main?.OnTimePassed();
        _follower?.OnTimePassed(_snapshots.IsInstalling);
    }

    private void OnConfigurationChanged(NodeConfiguration? next)
    {
        var current = _core.Configuration;
        if (next is not null && current is not null && next.Version.CompareTo(current.Version) <= 0) return;

        // The master may not know yet that this process is a new run; until it does, this run has no role (R1).
        if (next?.Find(_core.Self.Id) != _core.Self)
        {
            LeaveRoles();
            _core.Configuration = next;
            return;
        }

        var isSameReign = current is not null && current.Epoch == next!.Epoch && current.Find(_core.Self.Id) == next.Find(_core.Self.Id)
            && current.PeerOf(_core.Self.Id) == next.PeerOf(_core.Self.Id) && (_main is not null || _follower is not null);
        _core.Configuration = next;
        if (!isSameReign) EnterRole(next!);
        else _main?.OnSettingsChanged(next!);
    }

    private void EnterRole(NodeConfiguration next)
    {
        // Promoted by force while its state is being replaced: there is no log to lead with before that is done.
        if (_snapshots.IsInstalling && next.Main == _core.Self.Id && !_core.Has(PlantedBugs.PromotedWhileInstalling))
        {
            LeaveRoles();
            return;
        }

        if (next.Lineage > _core.Lineage && next.Main == _core.Self.Id)
        {
            _core.Lineage = next.Lineage;
            _core.Emit(new SaveLineageEffect(next.Lineage));
        }

        if (next.Main == _core.Self.Id)
        {
            _main ??= new MainRole(_core, _follower is { IsMainLeaving: true });
            _follower = null;
            _snapshots.Drop();
            _main.EnterEpoch(next);
            return;
        }

        if (_main is not null)
        {
            _main.Leave();
            _main = null;
        }

        _snapshots.Drop();
        _follower = new FollowerRole(_core, next);
    }

    private void LeaveRoles()
    {
        _main?.Leave();
        _snapshots.Drop();
        (_main, _follower) = (null, null);
        _core.PublishPermit(0, 0);
    }

    private void OnReadConfirmation(ReadConfirmationRequested request)
    {
        if (_main is not null) _main.OnReadConfirmation(request.Token);
        else Refuse(request.Token, Refusal.NotMain);
    }

    private void OnHandOver(HandOverRequested request)
    {
        if (_main is not null) _main.OnHandOver(request);
        else Refuse(request.Token, Refusal.NotMain);
    }

    private void OnSnapshotOpened(SnapshotOpened opened)
    {
        if (_main is null || !_main.Snapshots.OnOpened(opened)) _core.Emit(new CloseSnapshotEffect(opened.Id));
    }

    private void OnSnapshotInstalled(SnapshotInstalled installed)
    {
        _snapshots.OnInstalled(installed);
        _follower?.OnSnapshotInstalled();
        if (_main is null && _follower is null && _core.Configuration is { } waiting && waiting.Find(_core.Self.Id) == _core.Self) EnterRole(waiting);
    }

    // Whatever was promised to the disk may be missing there: nothing this server says counts any more.
    private void OnStorageFailed()
    {
        LeaveRoles();
        _failed = true;
    }

    private void RefuseAll(ReplicationInput input)
    {
        if (input is WriteRequested write) Refuse(write.Token, Refusal.StorageFailed);
        else if (input is ReadConfirmationRequested read) Refuse(read.Token, Refusal.StorageFailed);
        else if (input is HandOverRequested handOver) Refuse(handOver.Token, Refusal.StorageFailed);
    }

    private void Refuse(long token, Refusal refusal)
    {
        if (token != 0) _core.Emit(new RefuseEffect(token, refusal));
    }
}

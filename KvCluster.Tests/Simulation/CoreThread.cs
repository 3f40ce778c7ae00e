using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.State;

namespace KvCluster.Tests.Simulation;

/// <summary>
/// The core's thread: takes everything that waits, steps, ends the batch, carries effects out in their order. It can lose the
/// processor between any two steps and between any two effects.
/// </summary>
internal sealed class CoreThread(SimProcess process, ReplicationCore core)
{
    private readonly SimWorld _world = process.World;
    private readonly List<ReplicationEffect> _effects = [];
    private readonly Dictionary<SnapshotId, SimSnapshot> _snapshots = [];
    private List<ReplicationInput> _inbox = [];
    private List<ReplicationInput> _batch = [];
    private int _nextInput;
    private int _nextEffect;
    private BatchPhase _phase = BatchPhase.Idle;
    private bool _isAwake;
    private bool _isTick;
    private long _tickAt;
    private long _timerAt;

    public ReplicationCore Core => core;
    public long LeaseUntil { get; private set; }
    public long FreshAsOf { get; private set; }
    public ReadPermit Permit { get; } = new();

    public void Begin() => Wake(0);

    public void Post(ReplicationInput input)
    {
        _inbox.Add(input);
        Wake(_world.Random.Between(5, 60));
    }

    public void Publish(long leaseUntil, long freshAsOf)
    {
        Permit.Publish(leaseUntil, freshAsOf);
        (LeaseUntil, FreshAsOf) = (leaseUntil, freshAsOf);
        process.Server.Node.Oracle.OnPermit(process);
    }

    /// <summary>This server is main right now, by its own clock read right now.</summary>
    public bool IsPermitValid => LeaseUntil == long.MaxValue || process.Now.Microseconds < LeaseUntil;

    private void Wake(long delay)
    {
        if (_isAwake) return;
        _isAwake = true;
        process.Schedule(delay, Go);
    }

    private void Go()
    {
        while (true)
        {
            if (_nextEffect < _effects.Count) Carry(_effects[_nextEffect++]);
            else if (!TryStepNext()) break;
            if (!process.IsAlive) return;
            if (!_world.IsPreempted) continue;
            process.Schedule(_world.Random.Around(_world.Plan.Options.BeaconMicroseconds), Go);
            return;
        }

        _isAwake = false;
        if (_inbox.Count > 0) Wake(1);
        else if (_timerAt != _tickAt) process.Schedule(Math.Max(0, process.Server.Clock.RealOf(_timerAt = _tickAt) - _world.Now), OnTimer);
    }

    private void OnTimer()
    {
        if (process.Now.Microseconds >= _tickAt) Wake(0);
    }

    private bool TryStepNext()
    {
        switch (_phase)
        {
            case BatchPhase.Idle:
                _isTick = process.Now.Microseconds >= _tickAt;
                if (_inbox.Count == 0 && !_isTick) return false;
                (_batch, _inbox) = (_inbox, _batch);
                _inbox.Clear();
                _nextInput = 0;
                _phase = BatchPhase.Inputs;
                return true;
            case BatchPhase.Inputs when _nextInput < _batch.Count:
                Step(_batch[_nextInput++]);
                return true;
            case BatchPhase.Inputs:
                _phase = BatchPhase.End;
                if (process.Now.Microseconds >= _tickAt) _isTick = true;
                if (_isTick) Step(new TimePassed());
                return true;
            default:
                Step(new BatchEnded());
                if (_isTick) _tickAt = core.NextDeadline;
                _phase = BatchPhase.Idle;
                return true;
        }
    }

    private void Step(ReplicationInput input)
    {
        _effects.Clear();
        _nextEffect = 0;
        core.Step(input, process.Now, _effects);
        if (input is not (TimePassed or BatchEnded)) _world.Trace.Add(_world.Now, process.Server.Number, TraceKind.Stepped, (long)core.Role, core.Committed.Value, input);
        process.Server.Node.Oracle.AfterStep(process, input);
    }

    private void Carry(ReplicationEffect effect)
    {
        switch (effect)
        {
            case SendEffect { AfterWrite: 0 } send: _world.Network.SendToPeer(process, send); break;
            case SendEffect or PersistEffect or TrimLogEffect or SaveLineageEffect or BeginStagingEffect or StageChunkEffect or InstallSnapshotEffect:
                process.Log!.Post(effect);
                break;
            case ApplyEffect apply: process.Applier!.Post(apply); break;
            case RefuseEffect refuse: process.FrontEnd.OnRefused(refuse.Token, refuse.Refusal); break;
            case PublishReadPermitEffect permit: Publish(permit.LeaseUntil, permit.FreshAsOf); break;
            case ProposeEffect propose: _world.Master.AskChange(process, propose.Change); break;
            case RefreshTopologyEffect: _world.Master.AskTopology(process); break;
            case ReadLogEffect read: ReadLog(read); break;
            case OpenSnapshotEffect: process.Applier!.OpenSnapshot(_snapshots); break;
            case ReadSnapshotChunkEffect read: ReadChunk(read); break;
            case CloseSnapshotEffect close: _snapshots.Remove(close.Id); break;
            default: throw new InvariantViolation("shell", $"No one carries out {effect.GetType().Name}.");
        }
    }

    private void ReadLog(ReadLogEffect read)
    {
        _world.Sightings.Note(Sighting.LogReadForReplica);
        process.Schedule(_world.Random.Around(100), () => Post(new LogRead(read.From, process.Disk.Log.Read(read.From, read.BytesMax))));
    }

    private void ReadChunk(ReadSnapshotChunkEffect read) => process.Schedule(_world.Random.Around(100), () =>
    {
        if (_snapshots.TryGetValue(read.Id, out var snapshot) && snapshot.Read(read.Number, read.BytesMax) is var (chunk, isLast))
            Post(new SnapshotChunkRead(read.Id, read.Number, chunk, isLast));
    });

    private enum BatchPhase
    {
        Idle,
        Inputs,
        End,
    }
}

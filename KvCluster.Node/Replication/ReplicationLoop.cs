using System.Diagnostics;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;

namespace KvCluster.Node.Replication;

/// <summary>
/// Calls <see cref="ReplicationCore.Step"/>, one thread at a time: what a write passes through steps on the thread that brings it (a socket's,
/// the log's, the link's), everything else on the core's own. A step touches no disk and waits for nobody, so that nothing slow can delay a
/// beacon; the core's thread is none of the pool, so that a busy pool cannot.
/// </summary>
internal sealed class ReplicationLoop
{
    // Somebody else has the turn just when a tick is due: a step takes far less.
    private static readonly TimeSpan TurnWait = TimeSpan.FromMilliseconds(1);
    private readonly InputQueue _inputs = new();
    private readonly ThreadSignal _wake = new();
    private readonly List<ReplicationEffect> _effects = [];
    private readonly ReplicationCore _core;
    private readonly Action<ReplicationEffect> _execute;
    private readonly Action<ReplicationStatus, ReplicationStatus> _changed;
    private readonly Action<Action> _guard;
    private readonly Action _stepAll;
    private readonly LagClock _lag = new();
    private List<ReplicationInput> _batch = [];
    private Activity? _activity;
    private ReplicationStatus _status;
    private long _tickAt;

    /// <param name="changed">Told in a turn of each new status and the one before.</param>
    /// <param name="guard">Runs a turn that another thread than the core's takes; when one fails, no other ever comes.</param>
    public ReplicationLoop(ReplicationCore core, Action<ReplicationEffect> execute, Action<ReplicationStatus, ReplicationStatus> changed, Action<Action> guard)
    {
        (_core, _execute, _changed, _guard) = (core, execute, changed, guard);
        _status = ReplicationStatus.Of(core, 0);
        _stepAll = StepAll;
    }

    /// <summary>How things stood after the last step or tick; made in a turn, read from any thread.</summary>
    public ReplicationStatus Status => Volatile.Read(ref _status);

    /// <summary>Brings an input. May carry out the steps that are due, on this thread.</summary>
    /// <returns>False when the loop is closed; the input is not taken.</returns>
    public bool Post(ReplicationInput input)
    {
        var isTaken = _inputs.Post(input, UrgencyOf(input), IsOfWrite(input), out var turn);
        if (turn == InputTurn.Yours) _guard(_stepAll);
        else if (turn == InputTurn.Open) _wake.Wake();
        return isTaken;
    }

    public void Close()
    {
        _inputs.Close();
        _wake.Wake();
    }

    public void Run()
    {
        while (!_inputs.IsClosed)
        {
            var isOwnTurn = _inputs.TryEnter();
            if (isOwnTurn) StepAll();
            _wake.Wait(isOwnTurn ? UntilTick : TurnWait);
        }

        // The last turn is never given back: after it nobody steps.
        while (!_inputs.TryEnter()) _wake.Wait(TurnWait);
        StepBatch();
    }

    private void StepAll()
    {
        do StepBatch();
        while (!_inputs.TryLeave(Awaited));
    }

    // What is traced from step to step, such as a failover, goes on in the next turn, whichever thread has it; the request of whoever brings an
    // input has nothing to do with it.
    private void StepBatch()
    {
        var request = Activity.Current;
        Activity.Current = _activity;
        try
        {
            StepAsOne();
        }
        finally
        {
            _activity = Activity.Current;
            Activity.Current = request;
        }
    }

    private void StepAsOne()
    {
        var role = _core.Role;
        _inputs.Take(ref _batch);
        foreach (var input in _batch) Step(input);
        _batch.Clear();
        var isTick = MonotonicClock.Microseconds >= _tickAt;
        if (isTick) Step(new TimePassed());
        Step(new BatchEnded());
        if (isTick) Volatile.Write(ref _tickAt, _core.NextDeadline);
        if (isTick || _core.Role != role) Publish();
    }

    private void Publish()
    {
        var before = _status;
        var lag = _lag.Observe(_core.Last.Index, _core.PeerMatch, MonotonicClock.Microseconds);
        Volatile.Write(ref _status, ReplicationStatus.Of(_core, lag));
        _changed(before, _status);
    }

    // Their threads hold no lock when they bring them. Any other input may come from somebody whom a step would make wait for himself.
    private static bool IsOfWrite(ReplicationInput input) => input is WriteRequested or WriteDurable or EntriesApplied or MessageReceived;

    private static Urgency UrgencyOf(ReplicationInput input) => input switch
    {
        WriteRequested or EntriesApplied => Urgency.Gathers,
        WriteDurable => Urgency.Disk,
        _ => Urgency.Now,
    };

    // Nothing is gained by a second write to the disk while one is under way: what comes meanwhile gathers and becomes the next (group commit).
    private Urgency Awaited => !_core.IsWriting ? Urgency.Gathers : _core.AwaitsDisk ? Urgency.Disk : Urgency.Now;

    private TimeSpan UntilTick => TimeSpan.FromMicroseconds(Math.Max(0, Volatile.Read(ref _tickAt) - MonotonicClock.Microseconds));

    private void Step(ReplicationInput input)
    {
        // The clock is read after the input was taken: a pause before this line must not make an old lease look young.
        _core.Step(input, MonotonicClock.Now, _effects);
        foreach (var effect in _effects) _execute(effect);
        _effects.Clear();
    }
}

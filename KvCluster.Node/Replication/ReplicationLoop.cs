using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;

namespace KvCluster.Node.Replication;

/// <summary>
/// The core's thread. It alone calls <see cref="ReplicationCore.Step"/>; it touches no disk and no socket, so that a slow one cannot
/// delay a beacon, and it is no thread of the pool, so that a busy pool cannot.
/// </summary>
internal sealed class ReplicationLoop
{
    private readonly Mailbox<ReplicationInput> _inputs = new();
    private readonly List<ReplicationEffect> _effects = [];
    private readonly ReplicationCore _core;
    private readonly Action<ReplicationEffect> _execute;
    private readonly Action<ReplicationStatus, ReplicationStatus> _changed;
    private readonly LagClock _lag = new();
    private ReplicationStatus _status;
    private long _tickAt;

    /// <param name="changed">Told on the core's thread of each new status and the one before.</param>
    public ReplicationLoop(ReplicationCore core, Action<ReplicationEffect> execute, Action<ReplicationStatus, ReplicationStatus> changed)
    {
        (_core, _execute, _changed) = (core, execute, changed);
        _status = ReplicationStatus.Of(core, 0);
    }

    /// <summary>How things stood after the last step or tick; made on the core's thread, read from any.</summary>
    public ReplicationStatus Status => Volatile.Read(ref _status);

    // Nothing is gained by a second write to the disk while one is under way: what comes meanwhile gathers and becomes the next (group commit).
    public bool Post(ReplicationInput input) => _inputs.Post(input, UrgencyOf(input));
    public void Close() => _inputs.Close();

    public void Run()
    {
        var batch = new List<ReplicationInput>();
        while (_inputs.TakeAll(ref batch, UntilTick, Awaited))
        {
            var role = _core.Role;
            foreach (var input in batch) Step(input);
            batch.Clear();
            var isTick = MonotonicClock.Microseconds >= _tickAt;
            if (isTick) Step(new TimePassed());
            Step(new BatchEnded());
            if (isTick) _tickAt = _core.NextDeadline;
            if (isTick || _core.Role != role) Publish();
        }
    }

    private void Publish()
    {
        var before = _status;
        var lag = _lag.Observe(_core.Last.Index, _core.PeerMatch, MonotonicClock.Microseconds);
        Volatile.Write(ref _status, ReplicationStatus.Of(_core, lag));
        _changed(before, _status);
    }

    private static Urgency UrgencyOf(ReplicationInput input) => input switch
    {
        WriteRequested or EntriesApplied => Urgency.Gathers,
        WriteDurable => Urgency.Disk,
        _ => Urgency.Now,
    };

    private Urgency Awaited => !_core.IsWriting ? Urgency.Gathers : _core.AwaitsDisk ? Urgency.Disk : Urgency.Now;

    private TimeSpan UntilTick => TimeSpan.FromMicroseconds(Math.Max(0, _tickAt - MonotonicClock.Microseconds));

    private void Step(ReplicationInput input)
    {
        // The clock is read after the input was taken: a pause before this line must not make an old lease look young.
        _core.Step(input, MonotonicClock.Now, _effects);
        foreach (var effect in _effects) _execute(effect);
        _effects.Clear();
    }
}

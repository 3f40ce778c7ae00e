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
    private ReplicationStatus _status;
    private long _tickAt;

    public ReplicationLoop(ReplicationCore core, Action<ReplicationEffect> execute)
    {
        (_core, _execute) = (core, execute);
        _status = ReplicationStatus.Of(core);
    }

    /// <summary>How things stood after the last step or tick; made on the core's thread, read from any.</summary>
    public ReplicationStatus Status => Volatile.Read(ref _status);

    public bool Post(ReplicationInput input) => _inputs.Post(input);
    public void Close() => _inputs.Close();

    public void Run()
    {
        var batch = new List<ReplicationInput>();
        while (_inputs.TakeAll(ref batch, UntilTick))
        {
            var role = _core.Role;
            foreach (var input in batch) Step(input);
            batch.Clear();
            var isTick = MonotonicClock.Microseconds >= _tickAt;
            if (isTick) Step(new TimePassed());
            Step(new BatchEnded());
            if (isTick) _tickAt = _core.NextDeadline;
            if (isTick || _core.Role != role) Volatile.Write(ref _status, ReplicationStatus.Of(_core));
        }
    }

    private TimeSpan UntilTick => TimeSpan.FromMicroseconds(Math.Max(0, _tickAt - MonotonicClock.Microseconds));

    private void Step(ReplicationInput input)
    {
        // The clock is read after the input was taken: a pause before this line must not make an old lease look young.
        _core.Step(input, MonotonicClock.Now, _effects);
        foreach (var effect in _effects) _execute(effect);
        _effects.Clear();
    }
}

using KvCluster.Core.Commands;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.State;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Simulation;

/// <summary>The applier's thread: executes committed entries in their order, a few at a time, and then answers who waits for them.</summary>
internal sealed class ApplierThread(SimProcess process)
{
    private readonly SimWorld _world = process.World;
    private readonly Queue<object> _work = new();
    private readonly List<Outcome> _outcomes = [];
    private ApplyEffect? _current;
    private LogIndex _next;
    private bool _isBusy;
    private int _sinceFlush;

    public void Post(ApplyEffect effect) => Add(effect);
    public void WhileResting(Action action) => Add(action);
    public void OpenSnapshot(Dictionary<SnapshotId, SimSnapshot> shelf) => Add(new Action(() => OpenSnapshotNow(shelf)));

    private void Add(object work)
    {
        _work.Enqueue(work);
        if (_isBusy) return;
        _isBusy = true;
        Continue();
    }

    private void Continue() => process.Schedule(_world.Random.Around(_world.IsApplierSlow ? _world.Plan.Options.BeaconMicroseconds * 2 : _world.Plan.ApplyMicroseconds), Go);

    private void Go()
    {
        if (process.HasFailed) return;
        if (_current is { } current) ApplySome(current);
        else Begin(_work.Dequeue());
        if (_current is null && _work.Count == 0) _isBusy = false;
        else Continue();
    }

    private void Begin(object work)
    {
        if (work is Action action)
        {
            action();
            return;
        }

        _current = (ApplyEffect)work;
        _next = _current.From;
        ApplySome(_current);
    }

    private void ApplySome(ApplyEffect effect)
    {
        var countMax = _world.Random.Between(1, 16);
        var from = _next;
        _outcomes.Clear();
        LogEntry entry = default;
        for (; _next <= effect.To && _outcomes.Count < countMax; _next = _next.Next)
        {
            entry = effect.Entries is { } entries
                ? entries[(int)(_next.Value - effect.From.Value)]
                : process.Disk.Log.At(_next) ?? throw new InvariantViolation("applier", $"The log lacks entry {_next}, which is to be applied.");
            _outcomes.Add(Apply(entry));
        }

        process.Executor.EndBatch(process.Disk.Rows);
        process.Disk.Commit(new LogPosition(entry.Epoch, entry.Index));
        process.Executor.Publish();
        _world.Trace.Add(_world.Now, process.Server.Number, TraceKind.Applied, from.Value, entry.Index.Value);
        process.Core!.Post(new EntriesApplied(entry.Index));
        Answer(effect, from);
        if (_next > effect.To) _current = null;
        FlushIfDue(_outcomes.Count);
    }

    private Outcome Apply(in LogEntry entry)
    {
        if (entry.Index != process.Disk.Applied.Index.Next && _outcomes.Count == 0)
            throw new InvariantViolation("applier", $"Entry {entry.Index} is to be applied on top of {process.Disk.Applied.Index}.");
        var outcome = process.Executor.Apply(entry, process.Disk.Rows);
        process.Server.Node.Oracle.OnApplied(process, entry, outcome);
        if (entry.Kind == EntryKind.Command && outcome.HasEffect && !outcome.Revision.IsNone && outcome.Revision != entry.Revision)
            _world.Sightings.Note(Sighting.RetryAnsweredFromRecord);
        return outcome;
    }

    private void Answer(ApplyEffect effect, LogIndex from)
    {
        if (effect.Tokens.Count == 0) return;
        for (var i = 0; i < _outcomes.Count; i++)
        {
            var place = (int)(from.Value - effect.From.Value) + i;
            if (effect.Tokens[place] != 0) process.FrontEnd.OnApplied(effect.Tokens[place], new LogIndex(from.Value + i), _outcomes[i], effect.Copies);
        }
    }

    // Bounds what a restart has to apply again, and lets the log be trimmed.
    private void FlushIfDue(int applied)
    {
        _sinceFlush += applied;
        if (_sinceFlush < _world.Plan.FlushEntries) return;
        _sinceFlush = 0;
        process.Disk.Flush();
        _world.Trace.Add(_world.Now, process.Server.Number, TraceKind.Flushed, process.Disk.Applied.Index.Value);
    }

    private void OpenSnapshotNow(Dictionary<SnapshotId, SimSnapshot> shelf)
    {
        var applied = process.Disk.Applied;
        var id = new SnapshotId(process.Topology?.NodeOf(process.Self!.Value.Id)?.Lineage ?? 0, applied.Epoch, applied.Index, _world.Random.NextGuid());
        process.Server.Node.Oracle.OnSnapshotOpened(id, process.Disk.Rows.Copy());
        shelf[id] = new SimSnapshot(id, _world.Has(PlantedBugs.SnapshotForgetsRequests) ? process.Disk.Rows.CopyWithout(StateRow.DedupPrefix) : process.Disk.Rows.Copy());
        process.Core!.Post(new SnapshotOpened(id, process.Executor.AppliedRevision));
    }
}

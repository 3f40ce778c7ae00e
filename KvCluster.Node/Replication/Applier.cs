using KvCluster.Core.Commands;
using KvCluster.Core.Execution;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.State;
using KvCluster.Node.Diagnostics;
using KvCluster.Node.Storage;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Replication;

/// <summary>
/// The applier's thread: executes committed entries against the state in their order and only then answers who waits for them.
/// </summary>
internal sealed class Applier(IServerStorage storage, CommandExecutor executor, LogPosition applied, ReplicationPorts ports)
{
    private const int BatchEntriesMax = 1_024;
    private const int ReadBytesMax = 4 << 20;

    // A small entry may store a large value anew. What a batch stores is in memory until it is committed.
    private const long BatchBytesMax = 64L << 20;
    private const long FlushEntries = 200_000;
    private const long FlushBytes = 64L << 20;

    private readonly Mailbox<object> _work = new();
    private readonly List<Outcome> _outcomes = [];
    private readonly List<LogEntry> _recorded = [];
    private LogPosition _applied = applied;
    private long _entriesSinceFlush;
    private long _bytesSinceFlush;
    private Task _flush = Task.CompletedTask;

    public void Post(ApplyEffect effect) => _work.Post(effect);
    public void OpenSnapshot(Func<int> lineage) => _work.Post(new Action(() => OpenSnapshotNow(lineage())));
    public void Close() => _work.Close();

    /// <summary>Where opened snapshots are kept until they are sent.</summary>
    public SnapshotShelf Snapshots { get; } = new();

    /// <summary>Runs <paramref name="action"/> between two batches and waits for it, however it ends.</summary>
    public void WhileResting(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isPosted = _work.Post(new Action(() =>
        {
            try
            {
                action();
                executor.Load(storage.State, storage.StateRows);
                done.SetResult();
            }
            catch (StorageException failure)
            {
                done.SetException(failure);
            }
        }));
        if (!isPosted) throw new InvalidOperationException("The applier has ended.");
        done.Task.GetAwaiter().GetResult();
    }

    public void Run()
    {
        var batch = new List<object>();
        while (_work.TakeAll(ref batch, Timeout.InfiniteTimeSpan))
        {
            foreach (var item in batch)
            {
                if (item is ApplyEffect apply) Apply(apply);
                else ((Action)item)();
            }

            batch.Clear();
        }

        _flush.GetAwaiter().GetResult();
        Snapshots.Dispose();
    }

    private void Apply(ApplyEffect effect)
    {
        for (var next = effect.From; next <= effect.To;)
        {
            var entries = effect.Entries ?? storage.ReadLog(next, ReadBytesMax);
            var offset = effect.Entries is null ? 0 : (int)(next.Value - effect.From.Value);
            var count = (int)Math.Min(Math.Min(entries.Count - offset, BatchEntriesMax), effect.To.Value - next.Value + 1);
            if (count <= 0) throw new StorageException(StorageFailure.Corrupt, $"The log lacks entry {next}.");
            count = ApplyBatch(entries, offset, count);

            // Who waits for an answer comes before what may be stepped on this thread now.
            Answer(effect, next);
            ports.Loop(new EntriesApplied(_applied.Index));
            next = new LogIndex(next.Value + count);
        }

        FlushIfDue();
    }

    // At most so many; fewer when they store too much for one batch.
    private int ApplyBatch(IReadOnlyList<LogEntry> entries, int offset, int countMax)
    {
        var began = DateTimeOffset.UtcNow;
        var storedBefore = executor.StoredBytes;
        var batch = storage.BeginBatch();
        _outcomes.Clear();
        while (_outcomes.Count < countMax && executor.StoredBytes - storedBefore < BatchBytesMax)
        {
            var entry = entries[offset + _outcomes.Count];
            _outcomes.Add(executor.Apply(entry, batch));
            _bytesSinceFlush += entry.Bytes;
        }

        var count = _outcomes.Count;
        EntryTracing.Collect(entries, offset, count, _recorded);

        var last = entries[offset + count - 1];
        executor.EndBatch(batch);
        storage.CommitBatch(batch, last.Index);
        executor.Publish();
        EntryTracing.Record(NodeActivities.Apply, _recorded, began);
        _applied = new LogPosition(last.Epoch, last.Index);
        _entriesSinceFlush += count;
        return count;
    }

    private void Answer(ApplyEffect effect, LogIndex from)
    {
        if (effect.Tokens.Count == 0) return;
        var offset = (int)(from.Value - effect.From.Value);
        ports.Answer(effect, offset, _outcomes);
    }

    // Bounds what a restart has to apply again.
    private void FlushIfDue()
    {
        if ((_entriesSinceFlush < FlushEntries && _bytesSinceFlush < FlushBytes) || !_flush.IsCompleted) return;
        _flush.GetAwaiter().GetResult();
        (_entriesSinceFlush, _bytesSinceFlush) = (0, 0);
        _flush = Task.Run(Flush);
    }

    // The applier's thread learns how it ended at once: a disk that failed must not wait for the next flush to be noticed.
    private void Flush()
    {
        try
        {
            storage.FlushState();
        }
        finally
        {
            _work.Post(new Action(() => _flush.GetAwaiter().GetResult()));
        }
    }

    private void OpenSnapshotNow(int lineage)
    {
        var snapshot = storage.OpenSnapshot();
        var id = new SnapshotId(lineage, _applied.Epoch, snapshot.Applied, Guid.NewGuid());
        Snapshots.Add(id, snapshot);
        ports.Loop(new SnapshotOpened(id, executor.AppliedRevision));
    }
}

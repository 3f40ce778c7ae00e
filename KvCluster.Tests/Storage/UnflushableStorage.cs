using KvCluster.Core.Log;
using KvCluster.Core.State;
using KvCluster.Node.Storage;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Storage;

/// <summary>A storage whose disk takes everything but a flush of the state.</summary>
internal sealed class UnflushableStorage(IServerStorage inner) : IServerStorage
{
    public int Flushes { get; private set; }

    public void FlushState()
    {
        Flushes++;
        throw new StorageException(StorageFailure.InputOutput, "The state could not be flushed.");
    }

    public LogDescription DescribeLog() => inner.DescribeLog();
    public void AppendLog(LogIndex? truncateFrom, IReadOnlyList<LogEntry> entries) => inner.AppendLog(truncateFrom, entries);
    public void SyncLog() => inner.SyncLog();
    public IReadOnlyList<LogEntry> ReadLog(LogIndex from, int bytesMax) => inner.ReadLog(from, bytesMax);
    public void TrimLog(LogIndex upTo) => inner.TrimLog(upTo);
    public long LogBytes => inner.LogBytes;
    public long StateRows => inner.StateRows;
    public byte[]? ReadMeta(string name) => inner.ReadMeta(name);
    public void WriteMeta(string name, ReadOnlySpan<byte> value) => inner.WriteMeta(name, value);
    public LogIndex Applied => inner.Applied;
    public LogIndex DurableApplied => inner.DurableApplied;
    public IStateReader State => inner.State;
    public IStateBatch BeginBatch() => inner.BeginBatch();
    public void CommitBatch(IStateBatch batch, LogIndex applied) => inner.CommitBatch(batch, applied);
    public IStateSnapshot OpenSnapshot() => inner.OpenSnapshot();
    public ISnapshotStaging BeginStaging(SnapshotId id) => inner.BeginStaging(id);
    public void Dispose() => inner.Dispose();
}

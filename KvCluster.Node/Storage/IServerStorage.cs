using KvCluster.Core.Log;
using KvCluster.Core.State;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Storage;

/// <summary>
/// Everything a server keeps: its log, its applied state and a few facts about itself.
/// One log thread calls the log members, one applier thread the state members; reads come from any thread.
/// Every failure is a <see cref="StorageException"/>; after one nothing is acknowledged any more.
/// </summary>
public interface IServerStorage : IDisposable
{
    /// <summary>Index and revision of the newest log entry, first index kept, and where each epoch begins; read once at start.</summary>
    LogDescription DescribeLog();

    /// <summary>Cuts the log from <paramref name="truncateFrom"/> on, if given, then appends; not durable before <see cref="SyncLog"/> returns.</summary>
    void AppendLog(LogIndex? truncateFrom, IReadOnlyList<LogEntry> entries);

    /// <summary>Makes everything appended before the call durable. A failed sync is never repeated: the storage is unusable afterwards.</summary>
    void SyncLog();

    /// <summary>Entries from <paramref name="from"/> on in order, at least one if it exists, until <paramref name="bytesMax"/> is reached.</summary>
    IReadOnlyList<LogEntry> ReadLog(LogIndex from, int bytesMax);

    /// <summary>Removes entries up to and including <paramref name="upTo"/>; never beyond the durable applied index.</summary>
    void TrimLog(LogIndex upTo);

    /// <summary>Bytes of the log kept, roughly.</summary>
    long LogBytes { get; }

    /// <summary>Rows of the state, as the engine estimates them: a row that was overwritten lately may count more than once.</summary>
    long StateRows { get; }

    byte[]? ReadMeta(string name);

    /// <summary>Durable when it returns.</summary>
    void WriteMeta(string name, ReadOnlySpan<byte> value);

    /// <summary>The last entry whose effects readers see.</summary>
    LogIndex Applied { get; }

    /// <summary>The last entry whose effects survive a power loss without the log.</summary>
    LogIndex DurableApplied { get; }

    /// <summary>Reads of the newest committed state, from any thread.</summary>
    IStateReader State { get; }
    IStateBatch BeginBatch();

    /// <summary>Makes the batch and the applied index visible in one step; ends the batch.</summary>
    void CommitBatch(IStateBatch batch, LogIndex applied);

    /// <summary>Writes the applied state through to the disk, so that <see cref="DurableApplied"/> reaches <see cref="Applied"/>.</summary>
    void FlushState();

    /// <summary>A frozen view of the whole state at the applied index, for a copy to another server.</summary>
    IStateSnapshot OpenSnapshot();

    /// <summary>
    /// A place beside the live state where a copy from another server is collected. A staging of another identity that was left
    /// behind is dropped; one of the same identity goes on where its last durable chunk ended.
    /// </summary>
    ISnapshotStaging BeginStaging(SnapshotId id);
}

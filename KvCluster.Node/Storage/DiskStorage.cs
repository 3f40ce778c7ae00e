using System.Buffers.Binary;
using System.Text;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Core.State;
using KvCluster.Node.Storage.Native;
using KvCluster.Node.Storage.Segments;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Storage;

/// <summary>
/// A server's log in files of its own, synced by whoever calls <see cref="SyncLog"/>; beside it one RocksDB: the state without a
/// write-ahead log, brought back from the log after a crash, and facts about the server, always synced.
/// </summary>
/// <remarks>
/// The state is never ahead of the log on the disk, because only durable entries are applied. A snapshot that was installed is a new
/// column family and a new log, both of the same number; one synced write to the meta family makes them the state and the log.
/// </remarks>
internal sealed class DiskStorage : IServerStorage
{
    private static readonly byte[] DataNumber = "data-number"u8.ToArray();
    private static readonly byte[] Staged = "staged"u8.ToArray();
    private const string UserPrefix = "m:";
    private const string MarkFile = "SYNCED";
    private readonly RocksDatabase _database;
    private readonly nint _meta;
    private readonly SyncedMark _mark;
    private readonly string _path;
    private readonly int _cacheBytes;
    private LogIndex _appended;
    private long _number;
    private volatile StateColumn _state;
    private volatile SegmentedLog _log;
    private long _applied;

    /// <param name="cacheBytes">For rows kept in memory above the database.</param>
    public DiskStorage(string path, int cacheBytes = 1 << 20)
    {
        (_path, _cacheBytes) = (path, cacheBytes);
        MakeFolder(path);
        WriteAheadLogCheck.Run(path);
        try
        {
            _database = new RocksDatabase(path, [FamilyNames.Meta]);
            _mark = SyncedMark.Open(Path.Combine(path, MarkFile));
            _meta = _database.Family(FamilyNames.Meta);
            _number = _database.Get(_meta, DataNumber) is { } number ? BinaryPrimitives.ReadInt64LittleEndian(number) : 0;
            DropLeftovers();
            var name = FamilyNames.Data(_number);
            _state = Column(_database.Families.Contains(name) ? _database.Family(name) : _database.CreateFamily(name));
            LogColumn.Move(_database, path, _number);
            _log = SegmentedLog.Open(path, _number);
            _appended = _log.Last;
            _applied = _state.Applied.Value;
            State = new LiveState(this);
        }
        catch
        {
            // An open database would keep the folder locked for the rest of the process.
            _log?.Dispose();
            _database?.Dispose();
            _mark?.Dispose();
            throw;
        }
    }

    // Each with rows of its own in memory: a reader that still holds the column before cannot add to what is kept of the next.
    private StateColumn Column(nint family) => new(_database, family, new RowCache(_cacheBytes));

    private static void MakeFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(path);

            // Each time: whoever made it may have died before its name was on the disk.
            FileSync.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (Exception failure) when (StorageException.IsFromFile(failure))
        {
            throw StorageException.From(failure, $"{path} cannot be made");
        }
    }

    /// <exception cref="StorageException">Damaged, or shorter than what was synced or than the state that was made from it.</exception>
    public LogDescription DescribeLog()
    {
        var log = _log.Describe();
        if (log.Last < DurableApplied)
            throw new StorageException(StorageFailure.Corrupt, $"The log ends with entry {log.Last}, but the state holds entries up to {DurableApplied}.");
        if (log.Last < _mark.Value)
            throw new StorageException(StorageFailure.Corrupt, $"The log ends with entry {log.Last}, but entries up to {_mark.Value} were synced: it is damaged.");
        return log;
    }

    public void AppendLog(LogIndex? truncateFrom, IReadOnlyList<LogEntry> entries)
    {
        if (truncateFrom is { } from) _mark.Lower(from.Previous);
        _log.Append(truncateFrom, entries);
        if (entries.Count > 0) _appended = entries[^1].Index;
        else if (truncateFrom is { } cut) _appended = cut.Previous;
    }

    public void SyncLog()
    {
        var appended = _appended;
        _log.Sync();
        _mark.Raise(appended);
    }

    public IReadOnlyList<LogEntry> ReadLog(LogIndex from, int bytesMax) => _log.Read(from, bytesMax);
    public void TrimLog(LogIndex upTo) => _log.Trim(LogIndex.Min(upTo, DurableApplied));
    public long LogBytes => _log.Bytes;
    public long StateRows => _state.RowsEstimate;

    public byte[]? ReadMeta(string name) => _database.Get(_meta, Encoding.UTF8.GetBytes(UserPrefix + name));

    public void WriteMeta(string name, ReadOnlySpan<byte> value)
    {
        using var batch = new RocksBatch();
        batch.Put(_meta, Encoding.UTF8.GetBytes(UserPrefix + name), value);
        _database.Write(batch, RocksDurability.Synced);
    }

    public LogIndex Applied => new(Volatile.Read(ref _applied));
    public LogIndex DurableApplied => _state.DurableApplied;
    public IStateReader State { get; }
    public IStateBatch BeginBatch() => new StateBatch(_state);

    public void CommitBatch(IStateBatch batch, LogIndex applied)
    {
        _state.Write((StateBatch)batch, applied);
        Volatile.Write(ref _applied, applied.Value);
    }

    public void FlushState() => _state.Flush();
    public IStateSnapshot OpenSnapshot() => new StateSnapshot(_database, _state.Family);

    public ISnapshotStaging BeginStaging(SnapshotId id)
    {
        var number = _number + 1;
        var name = FamilyNames.Data(number);
        if (_database.Get(_meta, Staged) is not { } staged || !staged.AsSpan().SequenceEqual(Encode(id)) || !_database.Families.Contains(name))
        {
            _database.DropFamily(name);
            _database.CreateFamily(name);
            using var batch = new RocksBatch();
            batch.Put(_meta, Staged, Encode(id));
            _database.Write(batch, RocksDurability.Synced);
        }

        return new SnapshotStaging(_database, id, number, Install);
    }

    // One synced write decides: before it the old state and log are the truth, after it the new ones.
    private void Install(SnapshotStaging staging, Revision lastRevision)
    {
        var position = new LogPosition(staging.Id.Epoch, staging.Id.Index);
        _mark.Lower(position.Index);
        using var batch = new RocksBatch();
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(number, staging.Number);
        batch.Put(_meta, DataNumber, number);
        batch.Delete(_meta, Staged);
        var log = SegmentedLog.Create(_path, staging.Number, position, lastRevision);
        _database.Write(batch, RocksDurability.Synced);
        var old = FamilyNames.Data(_number);
        _number = staging.Number;
        _state = Column(_database.Family(FamilyNames.Data(_number)));
        var replaced = _log;
        _log = log;
        _appended = position.Index;
        Volatile.Write(ref _applied, position.Index.Value);
        _database.DropFamily(old);
        replaced.Delete();
    }

    // A family below the present one was replaced, one far above cannot be: only the next number may hold a staging. A log of another number
    // was replaced, or never became the log.
    private void DropLeftovers()
    {
        foreach (var name in _database.Families.Where(name => name.StartsWith(FamilyNames.DataPrefix, StringComparison.Ordinal)).ToArray())
            if (name != FamilyNames.Data(_number) && name != FamilyNames.Data(_number + 1)) _database.DropFamily(name);
        SegmentFiles.DeleteOthers(_path, _number);
    }

    private static byte[] Encode(SnapshotId id)
    {
        var bytes = new byte[4 + 8 + 8 + 16];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, id.Lineage);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(4), id.Epoch.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(12), id.Index.Value);
        id.Source.TryWriteBytes(bytes.AsSpan(20));
        return bytes;
    }

    public void Dispose()
    {
        _log.Dispose();
        _database.Dispose();
        _mark.Dispose();
    }

    // Readers keep this object for good; the state behind it changes when a snapshot is installed.
    private sealed class LiveState(DiskStorage storage) : IStateReader
    {
        public int Read(ReadOnlySpan<byte> row, Span<byte> destination) => storage._state.Read(row, destination);
        public byte[]? Get(ReadOnlySpan<byte> row) => storage._state.Get(row);

        public IReadOnlyList<KeyValuePair<byte[], byte[]>> Scan(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until, int limit) =>
            storage._state.Scan(from, until, limit);

        public void Scan(ReadOnlySpan<byte> from, ReadOnlySpan<byte> until, RowVisitor visitor) => storage._state.Scan(from, until, visitor);
    }
}

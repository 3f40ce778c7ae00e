using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Node.Storage.Native;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Storage;

/// <summary>The log in its column family, and where it begins.</summary>
internal sealed class LogColumn
{
    private static readonly byte[] BaseName = "log-base"u8.ToArray();
    private static readonly byte[] BeyondAll = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
    private readonly RocksDatabase _database;
    private readonly nint _log;
    private readonly nint _meta;
    private LogPosition _base;
    private Revision _baseRevision;

    public LogColumn(RocksDatabase database)
    {
        (_database, _log, _meta) = (database, database.Family(FamilyNames.Log), database.Family(FamilyNames.Meta));
        ReadBase();
    }

    public long Bytes => _database.SizeOf(_log);

    public LogDescription Describe()
    {
        var last = LastIndex();
        if (last == _base.Index) return new LogDescription(last.Next, last, _baseRevision, _base.Epoch, []);
        var first = _base.Index.Next;
        var starts = ImmutableArray.CreateBuilder<EpochStart>();
        for (var index = first; index <= last;)
        {
            var epoch = Require(index).Epoch;
            starts.Add(new EpochStart(epoch, index));
            index = EndOfEpoch(epoch, index, last).Next;
        }

        return new LogDescription(first, last, Revision.Max(_baseRevision, Require(last).Revision), _base.Epoch, starts.ToImmutable());
    }

    public void Append(LogIndex? truncateFrom, IReadOnlyList<LogEntry> entries)
    {
        using var batch = new RocksBatch();
        Span<byte> key = stackalloc byte[LogRow.KeyBytes];
        if (truncateFrom is { } from)
        {
            LogRow.WriteKey(from, key);
            batch.DeleteRange(_log, key, BeyondAll);
        }

        for (var i = 0; i < entries.Count; i++)
        {
            var entry = entries[i];
            LogRow.WriteKey(entry.Index, key);
            var length = LogRow.HeaderBytes + entry.Payload.Length;
            var rented = ArrayPool<byte>.Shared.Rent(length);
            var row = rented.AsSpan(0, length);
            LogRow.Write(entry, row);
            batch.Put(_log, key, row);
            ArrayPool<byte>.Shared.Return(rented);
        }

        _database.Write(batch, RocksDurability.Logged);
    }

    public IReadOnlyList<LogEntry> Read(LogIndex from, int bytesMax)
    {
        var entries = new List<LogEntry>();
        Span<byte> key = stackalloc byte[LogRow.KeyBytes];
        LogRow.WriteKey(from, key);
        using var walk = _database.Scan(_log);
        long bytes = 0;
        for (walk.Seek(key); walk.IsValid && (entries.Count == 0 || bytes < bytesMax); walk.Next())
        {
            var index = LogRow.ReadKey(walk.Key);
            if (index != new LogIndex(from.Value + entries.Count))
            {
                // Before the first kept entry there is nothing to give; behind it a gap is damage.
                if (entries.Count == 0 && from <= _base.Index) break;
                throw new StorageException(StorageFailure.Corrupt, $"The log goes on with entry {index} where {from.Value + entries.Count} should be.");
            }

            var entry = LogRow.Read(index, walk.Value);
            entries.Add(entry);
            bytes += entry.Bytes;
        }

        walk.ThrowIfFailed();
        return entries;
    }

    public void Trim(LogIndex upTo)
    {
        if (upTo <= _base.Index) return;
        var last = Require(upTo);
        using var batch = new RocksBatch();
        Span<byte> from = stackalloc byte[LogRow.KeyBytes];
        Span<byte> until = stackalloc byte[LogRow.KeyBytes];
        LogRow.WriteKey(_base.Index, from);
        LogRow.WriteKey(upTo.Next, until);
        batch.DeleteRange(_log, from, until);
        WriteBase(batch, new LogPosition(last.Epoch, upTo), last.Revision);

        // Before the write: a reader that finds the entries gone must find the base moved too, else the gap looks like damage.
        (_base, _baseRevision) = (new LogPosition(last.Epoch, upTo), last.Revision);
        _database.Write(batch, RocksDurability.Logged);
    }

    /// <summary>Adds to <paramref name="batch"/> what empties the log so that it begins after <paramref name="position"/>.</summary>
    public void Restart(RocksBatch batch, LogPosition position, Revision revision)
    {
        batch.DeleteRange(_log, new byte[LogRow.KeyBytes], BeyondAll);
        WriteBase(batch, position, revision);
    }

    /// <summary>The batch with a restart was written.</summary>
    public void Restarted(LogPosition position, Revision revision) => (_base, _baseRevision) = (position, revision);

    private void WriteBase(RocksBatch batch, LogPosition position, Revision revision)
    {
        Span<byte> value = stackalloc byte[24];
        BinaryPrimitives.WriteInt64LittleEndian(value, position.Epoch.Value);
        BinaryPrimitives.WriteInt64LittleEndian(value[8..], position.Index.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(value[16..], revision.Value);
        batch.Put(_meta, BaseName, value);
    }

    private void ReadBase()
    {
        if (_database.Get(_meta, BaseName) is not { } value) return;
        if (value.Length != 24) throw new StorageException(StorageFailure.Corrupt, "The log's beginning is damaged.");
        _base = new LogPosition(new Epoch(BinaryPrimitives.ReadInt64LittleEndian(value)), new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(value.AsSpan(8))));
        _baseRevision = new Revision(BinaryPrimitives.ReadUInt64LittleEndian(value.AsSpan(16)));
    }

    public LogIndex LastIndex()
    {
        using var walk = _database.Scan(_log);
        walk.SeekToLast();
        var last = walk.IsValid ? LogRow.ReadKey(walk.Key) : _base.Index;
        walk.ThrowIfFailed();
        return LogIndex.Max(last, _base.Index);
    }

    // Epochs grow along the log, so the end of one is found by halving.
    private LogIndex EndOfEpoch(Epoch epoch, LogIndex first, LogIndex last)
    {
        var (low, high) = (first.Value, last.Value);
        while (low < high)
        {
            var middle = low + ((high - low + 1) / 2);
            if (Require(new LogIndex(middle)).Epoch == epoch) low = middle;
            else high = middle - 1;
        }

        return new LogIndex(low);
    }

    private LogEntry Require(LogIndex index)
    {
        Span<byte> key = stackalloc byte[LogRow.KeyBytes];
        LogRow.WriteKey(index, key);
        return _database.Get(_log, key) is { } row
            ? LogRow.Read(index, row)
            : throw new StorageException(StorageFailure.Corrupt, $"The log lacks entry {index}.");
    }
}

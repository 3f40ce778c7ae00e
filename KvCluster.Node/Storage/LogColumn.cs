using System.Buffers.Binary;
using System.IO.Hashing;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Node.Storage.Native;
using KvCluster.Node.Storage.Segments;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Storage;

/// <summary>The log as stores of format 1 have it, in a column family: it is moved into segments when such a store is opened.</summary>
/// <remarks>
/// A row: big-endian index as key; format, epoch, revision, kind, CRC-32 of index, all that and the payload, then the payload. As long as there is the
/// family, it is the log: a move that was interrupted begins anew.
/// </remarks>
internal static class LogColumn
{
    public const string Family = "log";
    private const int HeaderBytes = 1 + 8 + 8 + 1 + 4;
    private const int ChecksumAt = 18;
    private const int GroupEntries = 1_000;
    private static readonly byte[] BaseName = "log-base"u8.ToArray();

    public static void Move(RocksDatabase database, string path, long number)
    {
        if (!database.Families.Contains(Family)) return;
        var (position, revision) = ReadBase(database);
        using (var log = SegmentedLog.Create(path, number, position, revision))
        {
            var group = new List<LogEntry>();
            using var walk = database.Scan(database.Family(Family));
            for (walk.Seek(default); walk.IsValid; walk.Next())
            {
                var entry = Read(walk.Key, walk.Value);
                var due = new LogIndex(log.Last.Next.Value + group.Count);
                if (entry.Index != due) throw new StorageException(StorageFailure.Corrupt, $"The log goes on with entry {entry.Index} where {due} should be.");
                group.Add(entry);
                if (group.Count == GroupEntries) Append(log, group);
            }

            walk.ThrowIfFailed();
            Append(log, group);
            log.Sync();
        }

        database.DropFamily(Family);
    }

    private static void Append(SegmentedLog log, List<LogEntry> group)
    {
        log.Append(null, group);
        group.Clear();
    }

    private static (LogPosition Position, Revision Revision) ReadBase(RocksDatabase database)
    {
        if (database.Get(database.Family(FamilyNames.Meta), BaseName) is not { } value) return default;
        if (value.Length != 24) throw new StorageException(StorageFailure.Corrupt, "The log's beginning is damaged.");
        var epoch = new Epoch(BinaryPrimitives.ReadInt64LittleEndian(value));
        return (new LogPosition(epoch, new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(value.AsSpan(8)))), new Revision(BinaryPrimitives.ReadUInt64LittleEndian(value.AsSpan(16))));
    }

    private static LogEntry Read(ReadOnlySpan<byte> key, ReadOnlySpan<byte> row)
    {
        var index = new LogIndex(BinaryPrimitives.ReadInt64BigEndian(key));
        if (row.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(row[ChecksumAt..]) != Checksum(key, row))
            throw new StorageException(StorageFailure.Corrupt, $"Log entry {index} is damaged.");
        return new LogEntry(
            new Epoch(BinaryPrimitives.ReadInt64LittleEndian(row[1..])),
            index,
            new Revision(BinaryPrimitives.ReadUInt64LittleEndian(row[9..])),
            (EntryKind)row[17],
            row[HeaderBytes..].ToArray());
    }

    private static uint Checksum(ReadOnlySpan<byte> key, ReadOnlySpan<byte> row)
    {
        var crc = new Crc32();
        crc.Append(key);
        crc.Append(row[..ChecksumAt]);
        crc.Append(row[HeaderBytes..]);
        return crc.GetCurrentHashAsUInt32();
    }
}

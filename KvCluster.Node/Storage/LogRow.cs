using System.Buffers.Binary;
using System.IO.Hashing;
using KvCluster.Core.Log;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Storage;

/// <summary>A log entry as a row: big-endian index as key; format, epoch, revision, kind, CRC-32 of all that and the payload, then the payload.</summary>
internal static class LogRow
{
    public const int KeyBytes = 8;
    public const int HeaderBytes = 1 + 8 + 8 + 1 + 4;
    private const byte Format = 1;
    private const int ChecksumAt = 18;

    public static void WriteKey(LogIndex index, Span<byte> key) => BinaryPrimitives.WriteInt64BigEndian(key, index.Value);
    public static LogIndex ReadKey(ReadOnlySpan<byte> key) => new(BinaryPrimitives.ReadInt64BigEndian(key));

    public static void Write(in LogEntry entry, Span<byte> row)
    {
        row[0] = Format;
        BinaryPrimitives.WriteInt64LittleEndian(row[1..], entry.Epoch.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(row[9..], entry.Revision.Value);
        row[17] = (byte)entry.Kind;
        entry.Payload.Span.CopyTo(row[HeaderBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(row[ChecksumAt..], Checksum(entry.Index, row));
    }

    /// <exception cref="StorageException">The row is damaged.</exception>
    public static LogEntry Read(LogIndex index, ReadOnlySpan<byte> row)
    {
        if (row.Length < HeaderBytes || row[0] != Format || BinaryPrimitives.ReadUInt32LittleEndian(row[ChecksumAt..]) != Checksum(index, row))
            throw new StorageException(StorageFailure.Corrupt, $"Log entry {index} is damaged.");
        return new LogEntry(
            new Epoch(BinaryPrimitives.ReadInt64LittleEndian(row[1..])),
            index,
            new Revision(BinaryPrimitives.ReadUInt64LittleEndian(row[9..])),
            (EntryKind)row[17],
            row[HeaderBytes..].ToArray());
    }

    // The index is part of it: a row that lies in another entry's place is found too.
    private static uint Checksum(LogIndex index, ReadOnlySpan<byte> row)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        WriteKey(index, key);
        var crc = new Crc32();
        crc.Append(key);
        crc.Append(row[..ChecksumAt]);
        crc.Append(row[HeaderBytes..]);
        return crc.GetCurrentHashAsUInt32();
    }
}

using System.Buffers.Binary;
using System.IO.Hashing;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Storage.Segments;

/// <summary>The beginning of a segment's file: which segment it is, and what the log held before it.</summary>
/// <remarks>Bytes, little-endian: magic and format (8), number (8), epoch and index of the entry before the first (16), highest revision up to it (8), a nonce (8), CRC-32 of all that (4).</remarks>
/// <param name="Checksum">Stands for the record before the first one. The nonce makes it another for each use of the file: what an earlier use left in it never follows.</param>
internal readonly record struct SegmentHeader(long Number, LogPosition Base, Revision BaseRevision, uint Checksum)
{
    /// <summary>Records begin behind a whole block: a cut or an append never rewrites what names the segment.</summary>
    public const int Bytes = 4 << 10;
    private const int Used = 52;
    private const long Magic = 0x3130_474F_4C56_4B00;

    /// <summary>A new one, in <paramref name="block"/> (<see cref="Bytes"/> long).</summary>
    public static SegmentHeader Make(long number, LogPosition @base, Revision baseRevision, Span<byte> block)
    {
        block.Clear();
        BinaryPrimitives.WriteInt64LittleEndian(block, Magic);
        BinaryPrimitives.WriteInt64LittleEndian(block[8..], number);
        BinaryPrimitives.WriteInt64LittleEndian(block[16..], @base.Epoch.Value);
        BinaryPrimitives.WriteInt64LittleEndian(block[24..], @base.Index.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(block[32..], baseRevision.Value);
        BinaryPrimitives.WriteInt64LittleEndian(block[40..], Random.Shared.NextInt64());
        var checksum = Crc32.HashToUInt32(block[..(Used - 4)]);
        BinaryPrimitives.WriteUInt32LittleEndian(block[(Used - 4)..], checksum);
        return new SegmentHeader(number, @base, baseRevision, checksum);
    }

    /// <returns>Nothing where none was written: the file is short or begins with zeros.</returns>
    /// <exception cref="StorageException">It is damaged.</exception>
    public static SegmentHeader? Read(ReadOnlySpan<byte> block, string path)
    {
        if (block.Length < Used || !block[..Used].ContainsAnyExcept((byte)0)) return null;
        var checksum = BinaryPrimitives.ReadUInt32LittleEndian(block[(Used - 4)..]);
        if (BinaryPrimitives.ReadInt64LittleEndian(block) != Magic || checksum != Crc32.HashToUInt32(block[..(Used - 4)]))
            throw new StorageException(StorageFailure.Corrupt, $"The beginning of {path} is damaged.");
        return new SegmentHeader(
            BinaryPrimitives.ReadInt64LittleEndian(block[8..]),
            new LogPosition(new Epoch(BinaryPrimitives.ReadInt64LittleEndian(block[16..])), new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(block[24..]))),
            new Revision(BinaryPrimitives.ReadUInt64LittleEndian(block[32..])),
            checksum);
    }
}

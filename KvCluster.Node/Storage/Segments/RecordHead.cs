using System.Buffers.Binary;
using KvCluster.Core.Log;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Storage.Segments;

/// <summary>What stands before each entry's payload in a segment.</summary>
/// <remarks>
/// Bytes, little-endian: payload's length (4), checksum (4), epoch (8), index (8), revision (8), kind (1). The checksum is the CRC-32 of the record with
/// the checksum of the record before it in that place: a record that another history left behind never follows one of this.
/// </remarks>
internal readonly record struct RecordHead(int PayloadBytes, uint Checksum, Epoch Epoch, LogIndex Index, Revision Revision, EntryKind Kind)
{
    public const int Bytes = 4 + 4 + 8 + 8 + 8 + 1;
    public const int ChecksumAt = 4;

    public static RecordHead Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt32LittleEndian(bytes),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]),
        new Epoch(BinaryPrimitives.ReadInt64LittleEndian(bytes[8..])),
        new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(bytes[16..])),
        new Revision(BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..])),
        (EntryKind)bytes[32]);

    /// <summary>Writes everything but the checksum.</summary>
    public static void Write(in LogEntry entry, Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, entry.Payload.Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], entry.Epoch.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], entry.Index.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], entry.Revision.Value);
        bytes[32] = (byte)entry.Kind;
    }
}

using System.Buffers.Binary;
using System.IO.Hashing;
using KvCluster.Core.Log;

namespace KvCluster.Node.Storage.Segments;

/// <summary>One entry of the log in a segment: its head and its payload.</summary>
internal static class LogRecord
{
    public static int BytesOf(in LogEntry entry) => RecordHead.Bytes + entry.Payload.Length;

    /// <param name="before">Checksum of the record before.</param>
    /// <returns>The checksum of this one.</returns>
    public static uint Write(in LogEntry entry, uint before, Span<byte> record)
    {
        RecordHead.Write(entry, record);
        entry.Payload.Span.CopyTo(record[RecordHead.Bytes..]);
        var checksum = Checksum(record, before);
        BinaryPrimitives.WriteUInt32LittleEndian(record[RecordHead.ChecksumAt..], checksum);
        return checksum;
    }

    /// <summary>Whether the record is whole and follows the one with that checksum. Leaves the place of its own checksum changed.</summary>
    public static bool IsSound(Span<byte> record, in RecordHead head, uint before) => Checksum(record, before) == head.Checksum;

    private static uint Checksum(Span<byte> record, uint before)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(record[RecordHead.ChecksumAt..], before);
        return Crc32.HashToUInt32(record);
    }
}

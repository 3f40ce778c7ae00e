using System.Buffers.Binary;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.State;

/// <summary>A data row's value: format byte, generation, revision, expiry (8 bytes each, little-endian), content type length u8, content type, the bytes.</summary>
internal static class ValueRow
{
    public const int FixedBytes = 26;
    private const byte Format = 1;

    public static ValueHeader ReadHeader(ReadOnlySpan<byte> row)
    {
        if (row.Length < FixedBytes || row[0] != Format) throw new InvalidDataException("A data row has no header that this version knows.");
        return new ValueHeader(
            BinaryPrimitives.ReadInt64LittleEndian(row[1..]),
            new Revision(BinaryPrimitives.ReadUInt64LittleEndian(row[9..])),
            BinaryPrimitives.ReadInt64LittleEndian(row[17..]),
            row[25]);
    }

    public static void WriteHeader(Span<byte> row, in ValueHeader header)
    {
        row[0] = Format;
        BinaryPrimitives.WriteInt64LittleEndian(row[1..], header.Generation);
        BinaryPrimitives.WriteUInt64LittleEndian(row[9..], header.Revision.Value);
        BinaryPrimitives.WriteInt64LittleEndian(row[17..], header.ExpiresAt);
        row[25] = (byte)header.ContentTypeLength;
    }
}

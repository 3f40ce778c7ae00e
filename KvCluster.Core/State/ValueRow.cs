using System.Buffers.Binary;
using System.Text;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.State;

/// <summary>A key's row: format, generation (the slot epoch it was written under), revision, expiry, content type, then the value.</summary>
public readonly record struct ValueRow(long Generation, Revision Revision, long ExpiresAt, string ContentType)
{
    private const byte Format = 1;
    private const int FixedBytes = 1 + 8 + 8 + 8 + 1;
    public const int ContentTypeBytesMax = 255;
    public const int HeaderBytesMax = FixedBytes + ContentTypeBytesMax;

    public int HeaderBytes => FixedBytes + ContentType.Length;

    /// <summary>Gone for a reader whose newest applied entry has revision <paramref name="now"/>.</summary>
    public bool IsExpiredAt(Revision now) => ExpiresAt != 0 && Revision.FromMilliseconds(ExpiresAt) <= now;

    public int WriteHeader(Span<byte> row)
    {
        row[0] = Format;
        BinaryPrimitives.WriteInt64LittleEndian(row[1..], Generation);
        BinaryPrimitives.WriteUInt64LittleEndian(row[9..], Revision.Value);
        BinaryPrimitives.WriteInt64LittleEndian(row[17..], ExpiresAt);
        row[25] = (byte)ContentType.Length;
        Encoding.ASCII.GetBytes(ContentType, row[FixedBytes..]);
        return HeaderBytes;
    }

    /// <exception cref="InvalidDataException">The row is not one of this format.</exception>
    public static ValueRow ReadHeader(ReadOnlySpan<byte> row)
    {
        if (row.Length < FixedBytes || row[0] != Format || row.Length < FixedBytes + row[25])
            throw new InvalidDataException("A value's row is damaged or of a newer format.");
        return new ValueRow(
            BinaryPrimitives.ReadInt64LittleEndian(row[1..]),
            new Revision(BinaryPrimitives.ReadUInt64LittleEndian(row[9..])),
            BinaryPrimitives.ReadInt64LittleEndian(row[17..]),
            ContentTypes.Intern(row.Slice(FixedBytes, row[25])));
    }
}

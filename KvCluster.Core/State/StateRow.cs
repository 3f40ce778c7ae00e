using System.Buffers.Binary;
using KvCluster.Protocol.Slots;

namespace KvCluster.Core.State;

/// <summary>Keys of the rows of the applied state. The first byte says what a row is.</summary>
/// <remarks>
/// Prefix 1: facts about the whole state. 2: slots. 3: outcomes of requests. 4: expiry index. 16: data, the raw key behind the prefix,
/// so that keys keep their order. Prefix 0 belongs to the storage.
/// </remarks>
public static class StateRow
{
    public const byte FactPrefix = 1;
    public const byte SlotPrefix = 2;
    public const byte DedupPrefix = 3;
    public const byte ExpiryPrefix = 4;
    public const byte DataPrefix = 16;

    public const int DedupBytes = 1 + 16 + 8;
    public const int ExpiryFixedBytes = 1 + 8;

    /// <summary>Revision of the newest applied entry.</summary>
    public static ReadOnlySpan<byte> AppliedRevision => [FactPrefix, 1];

    /// <summary>Requests up to this revision are forgotten.</summary>
    public static ReadOnlySpan<byte> DedupHorizon => [FactPrefix, 2];

    public static int DataBytes(ReadOnlySpan<byte> key) => 1 + key.Length;

    public static void WriteData(Span<byte> row, ReadOnlySpan<byte> key)
    {
        row[0] = DataPrefix;
        key.CopyTo(row[1..]);
    }

    public static byte[] Data(ReadOnlySpan<byte> key)
    {
        var row = new byte[DataBytes(key)];
        WriteData(row, key);
        return row;
    }

    public static ReadOnlySpan<byte> KeyOfData(ReadOnlySpan<byte> row) => row[1..];

    public static byte[] Slots(Slot first)
    {
        var row = new byte[3];
        row[0] = SlotPrefix;
        BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(1), first.Value);
        return row;
    }

    public static Slot FirstOfSlots(ReadOnlySpan<byte> row) => new(BinaryPrimitives.ReadUInt16BigEndian(row[1..]));

    public static void WriteDedup(Span<byte> row, UInt128 client, ulong sequence)
    {
        row[0] = DedupPrefix;
        BinaryPrimitives.WriteUInt128BigEndian(row[1..], client);
        BinaryPrimitives.WriteUInt64BigEndian(row[17..], sequence);
    }

    public static (UInt128 Client, ulong Sequence) IdOfDedup(ReadOnlySpan<byte> row) =>
        (BinaryPrimitives.ReadUInt128BigEndian(row[1..]), BinaryPrimitives.ReadUInt64BigEndian(row[17..]));

    public static int ExpiryBytes(ReadOnlySpan<byte> key) => ExpiryFixedBytes + key.Length;

    public static void WriteExpiry(Span<byte> row, long expiresAt, ReadOnlySpan<byte> key)
    {
        row[0] = ExpiryPrefix;
        BinaryPrimitives.WriteInt64BigEndian(row[1..], expiresAt);
        key.CopyTo(row[ExpiryFixedBytes..]);
    }

    public static long TimeOfExpiry(ReadOnlySpan<byte> row) => BinaryPrimitives.ReadInt64BigEndian(row[1..]);
    public static ReadOnlySpan<byte> KeyOfExpiry(ReadOnlySpan<byte> row) => row[ExpiryFixedBytes..];
}

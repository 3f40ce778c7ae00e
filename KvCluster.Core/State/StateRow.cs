using System.Buffers.Binary;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Requests;

namespace KvCluster.Core.State;

/// <summary>
/// Keys of the applied state's rows. The first byte says what the row is; a key's row keeps the key's byte order, so that a prefix
/// is one range.
/// </summary>
public static class StateRow
{
    public const byte DataPrefix = (byte)'k';
    public const byte ExpiryPrefix = (byte)'x';
    public const byte DedupPrefix = (byte)'d';
    public const byte SystemPrefix = (byte)'s';

    /// <summary>Revision of the newest applied entry.</summary>
    public static readonly byte[] Revision = [SystemPrefix, (byte)'r'];

    /// <summary>Ids of requests with a revision up to this one are no longer remembered.</summary>
    public static readonly byte[] DedupHorizon = [SystemPrefix, (byte)'h'];

    /// <summary>Which slots this node holds, as ranges.</summary>
    public static readonly byte[] Slots = [SystemPrefix, (byte)'o'];

    public const int DedupBytes = 1 + 16 + 8;
    public const int ExpiryHeaderBytes = 1 + 8;

    public static byte[] Data(ReadOnlySpan<byte> key)
    {
        var row = new byte[key.Length + 1];
        WriteData(key, row);
        return row;
    }

    public static int WriteData(ReadOnlySpan<byte> key, Span<byte> row)
    {
        row[0] = DataPrefix;
        key.CopyTo(row[1..]);
        return key.Length + 1;
    }

    /// <summary>Rows sort by time first, so that what is due comes first.</summary>
    public static int WriteExpiry(long expiresAt, ReadOnlySpan<byte> key, Span<byte> row)
    {
        row[0] = ExpiryPrefix;
        BinaryPrimitives.WriteInt64BigEndian(row[1..], expiresAt);
        key.CopyTo(row[ExpiryHeaderBytes..]);
        return key.Length + ExpiryHeaderBytes;
    }

    public static long ExpiryOf(ReadOnlySpan<byte> row) => BinaryPrimitives.ReadInt64BigEndian(row[1..]);

    public static void WriteDedup(UInt128 client, ulong sequence, Span<byte> row)
    {
        row[0] = DedupPrefix;
        BinaryPrimitives.WriteUInt128BigEndian(row[1..], client);
        BinaryPrimitives.WriteUInt64BigEndian(row[17..], sequence);
    }

    /// <summary>The smallest row that is greater than every row beginning with <paramref name="prefix"/>.</summary>
    public static byte[] After(ReadOnlySpan<byte> prefix)
    {
        for (var length = prefix.Length; length > 0; length--)
        {
            if (prefix[length - 1] == 0xFF) continue;
            var end = prefix[..length].ToArray();
            end[^1]++;
            return end;
        }

        return [0xFF];
    }
}

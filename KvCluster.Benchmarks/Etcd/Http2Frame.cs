using System.Buffers.Binary;

namespace KvCluster.Benchmarks.Etcd;

/// <summary>Writes HTTP/2 frames (RFC 9113, section 4.1).</summary>
internal static class Http2Frame
{
    public const int HeadBytes = 9;

    /// <summary>Flag of SETTINGS and PING.</summary>
    public const byte Acknowledgement = 1;

    /// <summary>Flag of DATA and HEADERS: nothing follows on this stream.</summary>
    public const byte EndStream = 1;

    /// <summary>Flag of HEADERS: no continuation follows.</summary>
    public const byte EndHeaders = 4;

    public static int Write(Span<byte> destination, Http2FrameType type, byte flags, uint stream, ReadOnlySpan<byte> payload)
    {
        WriteHead(destination, payload.Length, type, flags, stream);
        payload.CopyTo(destination[HeadBytes..]);
        return HeadBytes + payload.Length;
    }

    public static void WriteHead(Span<byte> destination, int payloadBytes, Http2FrameType type, byte flags, uint stream)
    {
        destination[0] = (byte)(payloadBytes >> 16);
        destination[1] = (byte)(payloadBytes >> 8);
        destination[2] = (byte)payloadBytes;
        destination[3] = (byte)type;
        destination[4] = flags;
        BinaryPrimitives.WriteUInt32BigEndian(destination[5..], stream);
    }
}

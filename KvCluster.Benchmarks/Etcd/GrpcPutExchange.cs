using System.Buffers.Binary;
using System.Text;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Wire;

namespace KvCluster.Benchmarks.Etcd;

/// <summary>etcd's own protocol: <c>etcdserverpb.KV/Put</c> by gRPC on HTTP/2 (RFC 9113), one request at a time on a connection.</summary>
/// <remarks>
/// Only what one call after the other needs. Headers are sent as literals that no table remembers, so no HPACK state has to be kept; headers
/// that come are not decoded. A call succeeded exactly if a message came before the end of its stream: a gRPC error has none.
/// The server's window for what we send is never watched, since a request is read before it is answered and the next one comes after.
/// </remarks>
internal sealed class GrpcPutExchange(string authority, ValueBlock values) : IExchange
{
    /// <summary>More than everything but the value that one write ever has: opening, acknowledgements, heads.</summary>
    public const int HeadBytesMax = 4096;
    private const int MessageHeadBytes = 5;
    private const int PingBytes = 8;
    private const int AcknowledgementsMax = 64;

    // As much as the protocol allows beyond the 65,535 bytes that every connection begins with.
    private const uint WholeWindow = int.MaxValue - 65_535;
    private readonly byte[] _headers = Headers(authority);
    private readonly Queue<byte[]> _owed = new([Opening()]);
    private uint _stream = 1;
    private bool _hasMessage;
    private int _puts;

    public int WriteRequest(Operation operation, Span<byte> destination)
    {
        if (operation.Kind != OperationKind.Put)
            throw new NotSupportedException("Only puts are measured at etcd.");
        var written = 0;
        while (_owed.TryDequeue(out var owed))
        {
            owed.CopyTo(destination[written..]);
            written += owed.Length;
        }

        written += Http2Frame.Write(destination[written..], Http2FrameType.Headers, Http2Frame.EndHeaders, _stream, _headers);
        var message = destination[(written + Http2Frame.HeadBytes)..];
        var messageBytes = WriteMessage(operation, message);
        Http2Frame.WriteHead(destination[written..], messageBytes, Http2FrameType.Data, Http2Frame.EndStream, _stream);
        _hasMessage = false;
        return written + Http2Frame.HeadBytes + messageBytes;
    }

    public bool TryReadAnswer(ReadOnlySpan<byte> received, out int consumed, out Answer answer)
    {
        consumed = 0;
        answer = default;
        while (received.Length - consumed >= Http2Frame.HeadBytes)
        {
            var frame = received[consumed..];
            var payloadBytes = (frame[0] << 16) | (frame[1] << 8) | frame[2];
            if (frame.Length < Http2Frame.HeadBytes + payloadBytes)
                return false;
            consumed += Http2Frame.HeadBytes + payloadBytes;
            if (!OnFrame((Http2FrameType)frame[3], frame[4], frame.Slice(Http2Frame.HeadBytes, payloadBytes)))
                continue;
            answer = new Answer(_hasMessage, _hasMessage ? 0 : 1, 0);
            _stream += 2;
            return true;
        }

        return false;
    }

    /// <returns>True if the frame ends the answer.</returns>
    private bool OnFrame(Http2FrameType type, byte flags, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case Http2FrameType.Data:
                _hasMessage |= payload.Length >= MessageHeadBytes;
                return (flags & Http2Frame.EndStream) != 0;
            case Http2FrameType.Headers:
                return (flags & Http2Frame.EndStream) != 0;
            case Http2FrameType.Settings when (flags & Http2Frame.Acknowledgement) == 0:
                Owe(Http2FrameType.Settings, []);
                return false;
            case Http2FrameType.Ping when (flags & Http2Frame.Acknowledgement) == 0 && payload.Length == PingBytes:
                Owe(Http2FrameType.Ping, payload);
                return false;
            case Http2FrameType.ResetStream:
                return true;
            case Http2FrameType.GoAway:
                throw new ProtocolException("etcd ends the connection.");
            default:
                return false;
        }
    }

    private void Owe(Http2FrameType type, ReadOnlySpan<byte> payload)
    {
        if (_owed.Count >= AcknowledgementsMax)
            throw new ProtocolException("etcd asks for more acknowledgements than it answers requests.");
        var frame = new byte[Http2Frame.HeadBytes + payload.Length];
        Http2Frame.Write(frame, type, Http2Frame.Acknowledgement, stream: 0, payload);
        _owed.Enqueue(frame);
    }

    /// <summary>The message of a call: compression flag, length, and <c>PutRequest { bytes key = 1; bytes value = 2; }</c>.</summary>
    private int WriteMessage(Operation operation, Span<byte> destination)
    {
        const byte KeyField = 0x0A;
        const byte ValueField = 0x12;
        Span<byte> key = stackalloc byte[KeyNames.Bytes];
        KeyNames.Write(operation.Key, key);
        var written = MessageHeadBytes;
        written += WriteField(destination[written..], KeyField, key);
        written += WriteField(destination[written..], ValueField, values.Window(operation.Key + _puts++));
        destination[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(destination[1..], written - MessageHeadBytes);
        return written;
    }

    private static int WriteField(Span<byte> destination, byte field, ReadOnlySpan<byte> bytes)
    {
        destination[0] = field;
        var written = 1;
        var length = (uint)bytes.Length;
        for (; length >= 0x80; length >>= 7)
            destination[written++] = (byte)(length | 0x80);
        destination[written++] = (byte)length;
        bytes.CopyTo(destination[written..]);
        return written + bytes.Length;
    }

    private static byte[] Opening()
    {
        var preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;
        var opening = new byte[preface.Length + Http2Frame.HeadBytes + Http2Frame.HeadBytes + sizeof(uint)];
        preface.CopyTo(opening);
        Http2Frame.Write(opening.AsSpan(preface.Length), Http2FrameType.Settings, 0, stream: 0, []);
        Span<byte> window = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(window, WholeWindow);
        Http2Frame.Write(opening.AsSpan(preface.Length + Http2Frame.HeadBytes), Http2FrameType.WindowUpdate, 0, stream: 0, window);
        return opening;
    }

    private static byte[] Headers(string authority)
    {
        var block = new List<byte>();
        (string Name, string Value)[] headers =
        [
            (":method", "POST"), (":scheme", "http"), (":path", "/etcdserverpb.KV/Put"), (":authority", authority),
            ("content-type", "application/grpc"), ("te", "trailers"),
        ];
        foreach (var (name, value) in headers)
        {
            // Literal without indexing, new name (RFC 7541, section 6.2.2); all lengths are below 127 and so take one byte.
            block.Add(0);
            block.Add((byte)name.Length);
            block.AddRange(Encoding.ASCII.GetBytes(name));
            block.Add((byte)value.Length);
            block.AddRange(Encoding.ASCII.GetBytes(value));
        }

        return [.. block];
    }
}

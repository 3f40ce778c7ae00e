using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Net.Sockets;

namespace KvCluster.Node.Peer;

/// <summary>
/// Frames over a blocking socket: length, CRC-32 of the body, body. One thread reads, one writes.
/// An announced length is checked before anything is allocated.
/// </summary>
internal sealed class FrameSocket : IDisposable
{
    public const int BodyBytesMax = 48 << 20;
    private const int HeaderBytes = 8;
    private const int TcpUserTimeout = 18;
    private const int KeepAliveSeconds = 1;
    private const int KeepAliveProbes = 3;
    private readonly Socket _socket;
    private readonly byte[] _received = new byte[64 << 10];
    private int _start;
    private int _end;

    public FrameSocket(Socket socket, TimeSpan silenceMax)
    {
        _socket = socket;
        socket.NoDelay = true;
        socket.SendTimeout = (int)silenceMax.TotalMilliseconds;

        // A peer that vanished without a word must not keep its place: the kernel gives up unacknowledged bytes after this long.
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, TcpUserTimeout, BitConverter.GetBytes((int)silenceMax.TotalMilliseconds));

        // The limit above needs bytes that wait for an answer. A follower that only listens sends none: without probes it would never learn that the
        // other side ended the connection while the link was cut, and would not dial again.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
    }

    public int ReceiveTimeoutMilliseconds
    {
        set => _socket.ReceiveTimeout = value;
    }

    /// <summary>Reserves the place of a frame's header; the body is written after it.</summary>
    public static int BeginFrame(ArrayBufferWriter<byte> buffer)
    {
        var at = buffer.WrittenCount;
        buffer.GetSpan(HeaderBytes);
        buffer.Advance(HeaderBytes);
        return at;
    }

    public static void EndFrame(ArrayBufferWriter<byte> buffer, int at)
    {
        var frame = System.Runtime.InteropServices.MemoryMarshal.AsMemory(buffer.WrittenMemory)[at..].Span;
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], Crc32.HashToUInt32(frame[HeaderBytes..]));
    }

    /// <summary>The kernel has room for a short frame: to send one does not wait for the peer.</summary>
    public bool CanSendNow => _socket.Poll(0, SelectMode.SelectWrite);

    public void Send(ReadOnlySpan<byte> frames)
    {
        while (!frames.IsEmpty) frames = frames[_socket.Send(frames)..];
    }

    /// <summary>The next frame's body in memory of its own; null when the other side closed.</summary>
    /// <param name="bytesMax">The longest body that makes sense now.</param>
    /// <exception cref="InvalidDataException">Length or checksum is wrong: the connection is useless from here on.</exception>
    public byte[]? Receive(int bytesMax = BodyBytesMax)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (!TryFill(header)) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length < 1 || length > bytesMax) throw new InvalidDataException($"A frame of {length} bytes was announced.");
        var body = GC.AllocateUninitializedArray<byte>(length);
        if (!TryFill(body)) return null;
        if (Crc32.HashToUInt32(body) != BinaryPrimitives.ReadUInt32LittleEndian(header[4..]))
            throw new InvalidDataException("A frame's checksum is wrong.");
        return body;
    }

    private bool TryFill(Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            if (_start == _end)
            {
                // A large body goes straight to its place.
                if (target.Length >= _received.Length)
                {
                    var direct = _socket.Receive(target);
                    if (direct == 0) return false;
                    target = target[direct..];
                    continue;
                }

                (_start, _end) = (0, _socket.Receive(_received));
                if (_end == 0) return false;
            }

            var taken = Math.Min(target.Length, _end - _start);
            _received.AsSpan(_start, taken).CopyTo(target);
            _start += taken;
            target = target[taken..];
        }

        return true;
    }

    public void Dispose() => _socket.Dispose();
}

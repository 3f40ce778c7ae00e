using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace KvCluster.Node.Storage.Segments;

/// <summary>Goes from record to record, up to the first that is not whole or not one of this history.</summary>
internal sealed class RecordWalk(SafeFileHandle file, RecordPlace from, long end) : IDisposable
{
    private const int BufferBytes = 64 << 10;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private long _bufferAt;
    private int _buffered;
    private int _recordAt;

    /// <summary>Where the next record would begin.</summary>
    public RecordPlace Next { get; private set; } = from;

    public RecordHead Head { get; private set; }
    public ReadOnlySpan<byte> Payload => _buffer.AsSpan(_recordAt + RecordHead.Bytes, Head.PayloadBytes);

    /// <exception cref="IOException">The file cannot be read.</exception>
    public bool MoveNext()
    {
        if (!TryBuffer(RecordHead.Bytes)) return false;
        var head = RecordHead.Read(_buffer.AsSpan(_recordAt));
        if (head.PayloadBytes < 0 || !TryBuffer(RecordHead.Bytes + (long)head.PayloadBytes)) return false;
        var length = RecordHead.Bytes + head.PayloadBytes;
        if (!LogRecord.IsSound(_buffer.AsSpan(_recordAt, length), head, Next.Before)) return false;
        Head = head;
        Next = new RecordPlace(Next.Offset + length, head.Checksum);
        return true;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    // So many bytes from the next record's beginning on.
    private bool TryBuffer(long bytes)
    {
        if (Next.Offset + bytes > end) return false;
        if (Next.Offset < _bufferAt || Next.Offset + bytes > _bufferAt + _buffered) Fill((int)bytes);
        _recordAt = (int)(Next.Offset - _bufferAt);
        return _recordAt + bytes <= _buffered;
    }

    private void Fill(int bytes)
    {
        if (bytes > _buffer.Length)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(bytes);
        }

        (_bufferAt, _buffered) = (Next.Offset, 0);
        var wanted = (int)Math.Min(_buffer.Length, end - _bufferAt);
        try
        {
            for (var read = -1; _buffered < wanted && read != 0; _buffered += read)
                read = RandomAccess.Read(file, _buffer.AsSpan(_buffered, wanted - _buffered), _bufferAt + _buffered);
        }
        catch (ObjectDisposedException)
        {
            // Its entries went away: nothing is found.
        }
    }
}

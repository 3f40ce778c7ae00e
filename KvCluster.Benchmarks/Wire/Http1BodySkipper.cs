using System.Buffers.Text;

namespace KvCluster.Benchmarks.Wire;

/// <summary>Counts through a body of known length or in chunks (RFC 9112, section 7.1) to find where it ends, and keeps nothing of it.</summary>
internal struct Http1BodySkipper
{
    private bool _isChunked;
    private bool _isLastChunk;
    private long _remaining;

    /// <summary>Bytes of content that were seen, without the framing of chunks.</summary>
    public long ContentBytes { get; private set; }

    public void Begin(int bodyBytes)
    {
        _isChunked = bodyBytes == Http1HeadReader.Chunked;
        _isLastChunk = false;
        _remaining = _isChunked ? 0 : bodyBytes;
        ContentBytes = _isChunked ? 0 : bodyBytes;
    }

    /// <returns>True when the body is complete.</returns>
    public bool Skip(ReadOnlySpan<byte> received, out int consumed)
    {
        consumed = 0;
        while (true)
        {
            var here = (int)Math.Min(_remaining, received.Length - consumed);
            consumed += here;
            _remaining -= here;
            if (_remaining > 0)
                return false;
            if (!_isChunked || _isLastChunk)
                return true;
            if (!TryBeginChunk(received[consumed..], out var lineBytes))
                return false;
            consumed += lineBytes;
        }
    }

    private bool TryBeginChunk(ReadOnlySpan<byte> received, out int lineBytes)
    {
        const int LineEndBytes = 2;
        lineBytes = received.IndexOf((byte)'\n') + 1;
        if (lineBytes == 0)
            return false;
        if (!Utf8Parser.TryParse(received, out int size, out _, 'x') || size < 0)
            throw new ProtocolException("A chunk without a size.");
        _isLastChunk = size == 0;
        _remaining = size + LineEndBytes;
        ContentBytes += size;
        return true;
    }
}

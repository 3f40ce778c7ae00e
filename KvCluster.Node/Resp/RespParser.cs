using System.Text;

namespace KvCluster.Node.Resp;

/// <summary>Finds one request after the other in the bytes of a connection, in place: an argument is a slice of what was received.</summary>
/// <remarks>
/// A request that is not complete is looked at again with more bytes behind the same ones; what was understood is not read twice, so
/// that a large request costs its length and not its square. Every length is bounded before anything is reserved for it.
/// </remarks>
internal sealed class RespParser
{
    private const int KeptArguments = 64;
    private const int HeaderBytesMax = 32;
    private readonly InlineRequest _inline = new();
    private (int At, int Length)[] _arguments = new (int, int)[8];
    private ReadOnlyMemory<byte> _source;
    private int _position;
    private int _expected = -1;
    private int _argumentLength = -1;

    /// <summary>Arguments of the request, its name included.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the request, once it is complete.</summary>
    public int Consumed => _position;

    /// <summary>Why the bytes are no request, in Redis' words.</summary>
    public string Fault { get; private set; } = "";

    public ReadOnlySpan<byte> this[int index] => Memory(index).Span;
    public ReadOnlyMemory<byte> Memory(int index) => _source.Slice(_arguments[index].At, _arguments[index].Length);

    /// <summary>Forgets the request that was found; the next call begins behind it.</summary>
    public void Next()
    {
        (_position, _expected, _argumentLength, Count, _source) = (0, -1, -1, 0, default);
        if (_arguments.Length > KeptArguments) _arguments = new (int, int)[8];
    }

    /// <param name="data">From the request's first byte on.</param>
    public RespParseStatus Read(ReadOnlyMemory<byte> data)
    {
        var bytes = data.Span;
        if (_expected < 0)
        {
            if (bytes.IsEmpty) return RespParseStatus.Incomplete;
            if (bytes[0] != '*') return ReadInline(bytes);
            var status = ReadHeader(bytes, "too big mbulk count string", "invalid multibulk length", RespLimits.ArgumentsMax, out _expected);
            if (status != RespParseStatus.Request) return status;
            if (_expected <= 0) return RespParseStatus.Nothing;
        }

        while (Count < _expected)
        {
            var status = ReadArgument(bytes);
            if (status != RespParseStatus.Request) return status;
        }

        _source = data;
        return RespParseStatus.Request;
    }

    private RespParseStatus ReadArgument(ReadOnlySpan<byte> bytes)
    {
        if (_argumentLength < 0)
        {
            if (_position >= bytes.Length) return RespParseStatus.Incomplete;
            if (bytes[_position] != '$') return Broken($"expected '$', got '{Printable(bytes[_position])}'");
            var status = ReadHeader(bytes, "too big bulk count string", "invalid bulk length", RespLimits.RequestBytesMax, out var length);
            if (status != RespParseStatus.Request) return status;
            if (length < 0 || _position + (long)length > RespLimits.RequestBytesMax) return Broken("invalid bulk length");
            _argumentLength = length;
        }

        if (bytes.Length - _position < _argumentLength + 2) return RespParseStatus.Incomplete;
        Add(_position, _argumentLength);
        _position += _argumentLength + 2;
        _argumentLength = -1;
        return RespParseStatus.Request;
    }

    // A type byte, a decimal number, CR LF.
    private RespParseStatus ReadHeader(ReadOnlySpan<byte> bytes, string tooLong, string invalid, int max, out int number)
    {
        number = -1;
        var rest = bytes[(_position + 1)..];
        var end = rest.IndexOf((byte)'\r');
        if (end < 0) return rest.Length > RespLimits.LineBytesMax ? Broken(tooLong) : RespParseStatus.Incomplete;
        if (end + 1 >= rest.Length) return RespParseStatus.Incomplete;
        if (end > HeaderBytesMax || !TryNumber(rest[..end], out var value) || value > max) return Broken(invalid);
        number = (int)Math.Max(-1, value);
        _position += end + 3;
        return RespParseStatus.Request;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        var isNegative = text.Length > 0 && text[0] == '-';
        var digits = isNegative ? text[1..] : text;
        if (digits.Length is 0 or > 18) return false;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9') return false;
            number = (number * 10) + digit - '0';
        }

        if (isNegative) number = -number;
        return true;
    }

    private RespParseStatus ReadInline(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n');
        if (end < 0) return bytes.Length > RespLimits.LineBytesMax ? Broken("too big inline request") : RespParseStatus.Incomplete;
        var line = bytes[..end];
        if (line.Length > 0 && line[^1] == '\r') line = line[..^1];
        if (line.Length > RespLimits.LineBytesMax) return Broken("too big inline request");
        _position = end + 1;
        if (!_inline.TrySplit(line)) return Broken("unbalanced quotes in request");
        foreach (var (at, length) in _inline.Arguments) Add(at, length);
        _source = _inline.Bytes;
        return Count == 0 ? RespParseStatus.Nothing : RespParseStatus.Request;
    }

    private void Add(int at, int length)
    {
        if (Count == _arguments.Length) Array.Resize(ref _arguments, _arguments.Length * 2);
        _arguments[Count++] = (at, length);
    }

    private RespParseStatus Broken(string fault)
    {
        Fault = $"ERR Protocol error: {fault}";
        return RespParseStatus.Broken;
    }

    private static string Printable(byte value) => value is >= 0x20 and < 0x7f ? Encoding.ASCII.GetString([value]) : "?";
}

namespace KvCluster.Node.Resp;

/// <summary>A request typed as a line of words, some of them in quotes, as a person does with telnet.</summary>
internal sealed class InlineRequest
{
    private readonly List<(int At, int Length)> _arguments = [];
    private byte[] _bytes = [];
    private int _length;

    public IReadOnlyList<(int At, int Length)> Arguments => _arguments;
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    /// <returns>False when a quote is not closed, or something follows it at once.</returns>
    public bool TrySplit(ReadOnlySpan<byte> line)
    {
        _arguments.Clear();
        _length = 0;
        if (_bytes.Length < line.Length) _bytes = new byte[line.Length];
        var at = 0;
        while (true)
        {
            while (at < line.Length && IsBlank(line[at])) at++;
            if (at >= line.Length) return true;
            var begin = _length;
            if (!TryWord(line, ref at)) return false;
            _arguments.Add((begin, _length - begin));
        }
    }

    private bool TryWord(ReadOnlySpan<byte> line, ref int at)
    {
        while (at < line.Length && !IsBlank(line[at]))
        {
            var letter = line[at++];
            if (letter is (byte)'"' or (byte)'\'') return TryQuoted(line, ref at, letter);
            Put(letter);
        }

        return true;
    }

    private bool TryQuoted(ReadOnlySpan<byte> line, ref int at, byte quote)
    {
        while (at < line.Length)
        {
            var letter = line[at++];
            if (letter == quote) return at >= line.Length || IsBlank(line[at]);
            if (letter == '\\' && at < line.Length) letter = quote == '"' ? Escaped(line, ref at) : line[at] == quote ? line[at++] : letter;
            Put(letter);
        }

        return false;
    }

    private static byte Escaped(ReadOnlySpan<byte> line, ref int at)
    {
        if (line[at] == 'x' && at + 2 < line.Length && char.IsAsciiHexDigit((char)line[at + 1]) && char.IsAsciiHexDigit((char)line[at + 2]))
        {
            at += 3;
            return (byte)((Convert.ToInt32(((char)line[at - 2]).ToString(), 16) << 4) | Convert.ToInt32(((char)line[at - 1]).ToString(), 16));
        }

        return line[at++] switch
        {
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            (byte)'t' => (byte)'\t',
            (byte)'b' => (byte)'\b',
            (byte)'a' => (byte)'\a',
            var other => other,
        };
    }

    private void Put(byte letter) => _bytes[_length++] = letter;
    private static bool IsBlank(byte letter) => letter is (byte)' ' or (>= 9 and <= 13) or 0;
}

using System.Globalization;
using System.Text;

namespace KvCluster.Tests.Resp;

/// <summary>Reads RESP and shows each value as one line: <c>+OK</c>, <c>:1</c>, <c>$text</c>, <c>nil</c>, <c>[a b]</c>, <c>-ERR ...</c>.</summary>
internal sealed class RespAnswerReader(Stream stream)
{
    public string Read()
    {
        var line = ReadLine();
        return line[0] switch
        {
            '$' or '=' => line[1] == '-' ? "nil" : "$" + Bytes(Count(line)),
            '*' or '~' or '>' => line[1] == '-' ? "nil" : Items(Count(line), line[0] == '>' ? ">[" : "[", "]"),
            '%' => Items(Count(line) * 2, "{", "}"),
            '_' => "nil",
            '+' or '-' or ':' or ',' or '#' or '(' => line,
            _ => throw new FormatException($"'{line}' is no answer."),
        };
    }

    private static int Count(string line) => int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture);

    private string Items(int count, string open, string close) => open + string.Join(' ', Enumerable.Range(0, count).Select(_ => Read())) + close;

    private string Bytes(int length)
    {
        var bytes = new byte[length + 2];
        stream.ReadExactly(bytes);
        return Encoding.Latin1.GetString(bytes, 0, length);
    }

    private string ReadLine()
    {
        var line = new StringBuilder();
        while (true)
        {
            var letter = stream.ReadByte();
            if (letter < 0) throw new EndOfStreamException($"The server closed the connection after '{line}'.");
            if (letter == '\n') return line.ToString().TrimEnd('\r');
            line.Append((char)letter);
        }
    }
}

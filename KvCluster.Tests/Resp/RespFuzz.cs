using System.Text;
using KvCluster.Node.Resp;

namespace KvCluster.Tests.Resp;

/// <summary>Feeds the parser what a broken or hostile client could send: requests with bytes changed, cut, doubled and moved, in pieces.</summary>
internal sealed class RespFuzz(int seed)
{
    private static readonly byte[][] Seeds =
    [
        .. new[]
        {
            "*1\r\n$4\r\nPING\r\n", "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n", "PING\r\n", "set a \"b c\\x41\" 'd'\r\n",
            "*0\r\n*-1\r\n\r\n", "*2\r\n$0\r\n\r\n$10\r\n0123456789\r\n", "*1048576\r\n$1\r\nx\r\n", "*1\r\n$17000000\r\n",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    private static readonly byte[] Telling = "*$\r\n-0123456789\"'\\x :"u8.ToArray();
    private readonly Random _random = new(seed);
    private readonly byte[] _input = new byte[512];

    public long Requests { get; private set; }
    public long Faults { get; private set; }

    public void RunOne()
    {
        var length = Mutate();
        var parser = new RespParser();
        var (begin, end) = (0, 0);
        while (end < length)
        {
            end = Math.Min(length, end + _random.Next(1, 64));
            if (!Drain(parser, ref begin, end)) return;
        }
    }

    private bool Drain(RespParser parser, ref int begin, int end)
    {
        while (true)
        {
            var status = parser.Read(_input.AsMemory(begin, end - begin));
            if (status == RespParseStatus.Incomplete) return true;
            if (status == RespParseStatus.Broken)
            {
                Faults++;
                return false;
            }

            if (parser.Consumed <= 0 || parser.Consumed > end - begin) throw new InvalidOperationException($"{parser.Consumed} bytes were taken of {end - begin}.");
            for (var i = 0; i < parser.Count; i++) _ = parser[i].Length;
            if (status == RespParseStatus.Request) Requests++;
            begin += parser.Consumed;
            parser.Next();
        }
    }

    private int Mutate()
    {
        var origin = Seeds[_random.Next(Seeds.Length)];
        origin.CopyTo(_input, 0);
        var length = origin.Length;
        for (var changes = _random.Next(4); changes > 0; changes--)
        {
            var at = _random.Next(length);
            switch (_random.Next(4))
            {
                case 0: _input[at] = Telling[_random.Next(Telling.Length)]; break;
                case 1: _input[at] = (byte)_random.Next(256); break;
                case 2: length = Math.Max(1, at); break;
                default:
                    var count = Math.Min(_random.Next(1, 24), Math.Min(length - at, _input.Length - length));
                    _input.AsSpan(at, count).ToArray().CopyTo(_input, length);
                    length += count;
                    break;
            }
        }

        return length;
    }
}

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
            // Requests, complete and not, and bounds that are named but not kept.
            "*1\r\n$4\r\nPING\r\n", "*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5\r\nvalue\r\n*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n", "PING\r\n", "set a \"b c\\x41\" 'd'\r\n",
            "*0\r\n*-1\r\n\r\n", "*2\r\n$0\r\n\r\n$10\r\n0123456789\r\n", "*1048576\r\n$1\r\nx\r\n", "*1\r\n$17000000\r\n",
            "*6\r\n$4\r\nHSET\r\n$1\r\nh\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$4\r\n\0\r\n\xff\r\n", "*1\r\n$5\r\nMULTI\r\n*2\r\n$4\r\nINCR\r\n$1\r\na\r\n*1\r\n$4\r\nEXEC\r\n",
            "*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n*4\r\n$6\r\nCLIENT\r\n$7\r\nSETINFO\r\n$8\r\nLIB-NAME\r\n$1\r\nx\r\n", "get a\nget b\r\n\r\n*1\r\n$4\r\nTIME\r\n",
            "GET \"unbalanced\r\n", "GET 'un'balanced\r\n", "\"\" '' \"\\n\\r\\t\\b\\a\\\\\\\"\" '\\''\r\n", "SET \x00\x01\x7f\x80 \"\\xzz\\x4\"\r\n", "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$-1\r\n",
            "*00000000000000001\r\n$00000004\r\nPING\r\n", "*9223372036854775807\r\n", "$4\r\nPING\r\n", "*1\n$4\nPING\n",

            // Answers of all kinds, which a client has no business to send: simple, error, number, bulk, nested, and RESP3's own.
            "+OK\r\n-ERR no\r\n:42\r\n", "$-1\r\n*-1\r\n_\r\n", "*2\r\n*1\r\n$1\r\na\r\n*1\r\n:1\r\n", "%1\r\n$1\r\na\r\n:1\r\n~2\r\n+a\r\n+b\r\n", ">3\r\n+message\r\n+c\r\n$1\r\nx\r\n",
            ",3.25\r\n,inf\r\n,nan\r\n#t\r\n#f\r\n(3492890328409238509324850943850943825024385\r\n", "=15\r\ntxt:Some string\r\n!21\r\nSYNTAX invalid syntax\r\n", "|1\r\n+ttl\r\n:3600\r\n*1\r\n$4\r\nPING\r\n",
            "$?\r\n;4\r\nHell\r\n;0\r\n", "*?\r\n:1\r\n.\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    private static readonly byte[] Telling = "*$\r\n-0123456789\"'\\x :"u8.ToArray();
    private readonly Random _random = new(seed);
    private readonly byte[] _input = new byte[512];
    private int _length;

    /// <summary>The input that is worked on.</summary>
    public ReadOnlySpan<byte> Input => _input.AsSpan(0, _length);

    public long Requests { get; private set; }
    public long Faults { get; private set; }

    public void RunOne()
    {
        _length = Mutate();
        var parser = new RespParser();
        var (begin, end) = (0, 0);
        while (end < _length)
        {
            end = Math.Min(_length, end + _random.Next(1, 64));
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

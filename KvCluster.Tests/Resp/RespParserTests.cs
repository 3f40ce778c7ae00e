using System.Text;
using CsCheck;
using KvCluster.Node.Resp;

namespace KvCluster.Tests.Resp;

public sealed class RespParserTests
{
    [Fact]
    public void Requests_AreFoundHoweverTheirBytesArrive()
    {
        var argument = Gen.Byte.Array[0, 40];
        var request = argument.Array[1, 6];
        Gen.Select(request.Array[1, 5], Gen.Int[1, 17].Array[1, 20]).Sample((requests, pieces) =>
        {
            var bytes = requests.SelectMany(Encode).ToArray();
            Assert.Equal(requests.Select(Text), InPieces(bytes, pieces));
        });
    }

    [Theory]
    [InlineData("PING\r\n", "PING")]
    [InlineData("set  key \"a b\\x41\\n\" 'it\\'s'\n", "set|key|a bA\n|it's")]
    [InlineData("*1\r\n$4\r\nPING\r\n", "PING")]
    [InlineData("*2\r\n$0\r\n\r\n$1\r\nx\r\n", "|x")]
    public void Request_IsUnderstood(string bytes, string expected)
    {
        var parser = new RespParser();
        Assert.Equal(RespParseStatus.Request, parser.Read(Encoding.Latin1.GetBytes(bytes)));
        Assert.Equal(expected, string.Join('|', Enumerable.Range(0, parser.Count).Select(i => Encoding.Latin1.GetString(parser[i]))));
        Assert.Equal(bytes.Length, parser.Consumed);
    }

    [Theory]
    [InlineData("*-1\r\n")]
    [InlineData("*0\r\n")]
    [InlineData("\r\n")]
    public void EmptyRequest_IsPassedOver(string bytes)
    {
        var parser = new RespParser();
        Assert.Equal(RespParseStatus.Nothing, parser.Read(Encoding.Latin1.GetBytes(bytes)));
        Assert.Equal(bytes.Length, parser.Consumed);
    }

    [Theory]
    [InlineData("*3000000000\r\n", "invalid multibulk length")]
    [InlineData("*x\r\n", "invalid multibulk length")]
    [InlineData("*1\r\n$-1\r\n", "invalid bulk length")]
    [InlineData("*1\r\n$999999999\r\n", "invalid bulk length")]
    [InlineData("*1\r\nPING\r\n", "expected '$', got 'P'")]
    [InlineData("set x \"open\r\n", "unbalanced quotes in request")]
    [InlineData("set x \"a\"b\r\n", "unbalanced quotes in request")]
    public void NoRequest_BreaksInRedisWords(string bytes, string fault)
    {
        var parser = new RespParser();
        Assert.Equal(RespParseStatus.Broken, parser.Read(Encoding.Latin1.GetBytes(bytes)));
        Assert.Equal($"ERR Protocol error: {fault}", parser.Fault);
    }

    [Theory]
    [InlineData("", "too big inline request")]
    [InlineData("*", "too big mbulk count string")]
    [InlineData("*1\r\n$", "too big bulk count string")]
    public void LineWithoutEnd_Breaks(string begin, string fault)
    {
        var parser = new RespParser();
        Assert.Equal(RespParseStatus.Broken, parser.Read(Encoding.Latin1.GetBytes(begin + new string('1', RespLimits.LineBytesMax + 2))));
        Assert.Equal($"ERR Protocol error: {fault}", parser.Fault);
    }

    [Fact]
    public void RequestAboveItsBound_BreaksBeforeItArrives()
    {
        var parser = new RespParser();
        var half = RespLimits.RequestBytesMax / 2;
        var bytes = new byte[half + 64];
        var head = Encoding.ASCII.GetBytes($"*3\r\n${half}\r\n");
        head.CopyTo(bytes, 0);
        var length = head.Length + half + 2;
        var second = Encoding.ASCII.GetBytes($"${half}\r\n");
        second.CopyTo(bytes, length);
        Assert.Equal(RespParseStatus.Broken, parser.Read(bytes.AsMemory(0, length + second.Length)));
    }

    /// <summary>More with <c>KVCLUSTER_FUZZ_INPUTS=10000000</c>; a failure names the seed that <c>KVCLUSTER_FUZZ_SEED</c> takes.</summary>
    [Fact]
    public async Task AnyBytes_NeitherThrowNorHang()
    {
        var inputs = long.TryParse(Environment.GetEnvironmentVariable("KVCLUSTER_FUZZ_INPUTS"), out var more) ? more : 300_000;
        var run = new RespFuzzRun(FuzzSeed.Choose(), inputs);
        await run.WaitAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(run.ToString());
        Assert.True(run.Requests > inputs / 20, $"Only {run.Requests} requests were found in {inputs} inputs: the inputs are too wild to reach anything.");
        Assert.True(run.Faults > inputs / 20, $"Only {run.Faults} inputs were refused.");
    }

    private static IEnumerable<byte> Encode(byte[][] request) =>
        Encoding.ASCII.GetBytes($"*{request.Length}\r\n").Concat(request.SelectMany(argument => Encoding.ASCII.GetBytes($"${argument.Length}\r\n").Concat(argument).Concat("\r\n"u8.ToArray())));

    private static string Text(byte[][] request) => string.Join(',', request.Select(Convert.ToHexString));

    private static List<string> InPieces(byte[] bytes, int[] pieces)
    {
        var parser = new RespParser();
        var found = new List<string>();
        var (begin, end) = (0, 0);
        for (var i = 0; end < bytes.Length; i++)
        {
            end = Math.Min(bytes.Length, end + pieces[i % pieces.Length]);
            while (parser.Read(bytes.AsMemory(begin, end - begin)) == RespParseStatus.Request)
            {
                found.Add(string.Join(',', Enumerable.Range(0, parser.Count).Select(at => Convert.ToHexString(parser[at]))));
                begin += parser.Consumed;
                parser.Next();
            }
        }

        Assert.Equal(bytes.Length, begin);
        return found;
    }
}

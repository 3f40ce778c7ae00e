using System.Text;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Redis;
using KvCluster.Benchmarks.Wire;

namespace KvCluster.Tests.Benchmarks;

public sealed class RespExchangeTests
{
    private static readonly ValueBlock Values = new(5, seed: 7);

    [Fact]
    public void RespRequests_PutWithWait_AreTheCommandsOneBehindTheOther()
    {
        var requests = new RespRequests(Values, pipeline: 2, keys: 43, waits: true);
        var bytes = new byte[requests.BytesMax];
        var text = Encoding.ASCII.GetString(bytes, 0, requests.Write(new Operation(OperationKind.Put, 42), bytes));
        var (last, first) = (Encoding.ASCII.GetString(Values.Window(42)), Encoding.ASCII.GetString(Values.Window(0)));
        Assert.Equal(
            $"*3\r\n$3\r\nSET\r\n$16\r\nbench:0000000042\r\n$5\r\n{last}\r\n*3\r\n$3\r\nSET\r\n$16\r\nbench:0000000000\r\n$5\r\n{first}\r\n*3\r\n$4\r\nWAIT\r\n$1\r\n1\r\n$4\r\n5000\r\n",
            text);
    }

    [Theory]
    [InlineData(true, "+OK\r\n+OK\r\n:1\r\n", true)]
    [InlineData(true, "+OK\r\n+OK\r\n:0\r\n", false)]
    [InlineData(true, "+OK\r\n-UNKNOWN what became of it\r\n:1\r\n", false)]
    [InlineData(false, "$5\r\nabcde\r\n$5\r\nedcba\r\n", true)]
    [InlineData(false, "$5\r\nabcde\r\n$-1\r\n", false)]
    [InlineData(false, "$4\r\nabcd\r\n$5\r\nedcba\r\n", false)]
    public void RespExchange_AnswersInPiecesOfAnySize_AreJudgedTogether(bool isPut, string answers, bool isAccepted)
    {
        var bytes = Encoding.ASCII.GetBytes(answers);
        for (var piece = 1; piece <= bytes.Length; piece++)
        {
            var requests = new RespRequests(Values, pipeline: 2, keys: 100, waits: true);
            var exchange = new RespExchange(requests);
            exchange.WriteRequest(new Operation(isPut ? OperationKind.Put : OperationKind.Get, 1), new byte[requests.BytesMax]);
            var (start, end, isComplete) = (0, 0, false);
            var answer = default(Answer);
            while (!isComplete && end < bytes.Length)
            {
                end = Math.Min(end + piece, bytes.Length);
                isComplete = exchange.TryReadAnswer(bytes.AsSpan(start, end - start), out var consumed, out answer);
                start += consumed;
            }

            Assert.True(isComplete);
            Assert.Equal(bytes.Length, start);
            Assert.Equal(isAccepted, answer.IsAccepted);
        }
    }

    [Fact]
    public void RespExchange_SomethingElse_IsNoAnswer()
    {
        var exchange = new RespExchange(new RespRequests(Values, pipeline: 1, keys: 100, waits: false));
        exchange.WriteRequest(new Operation(OperationKind.Get, 1), new byte[256]);
        Assert.Throws<ProtocolException>(() => exchange.TryReadAnswer("HTTP/1.1 400 Bad Request\r\n"u8, out _, out _));
    }
}

using System.Text;
using CsCheck;
using KvCluster.Benchmarks.Wire;
using Xunit;

namespace KvCluster.Tests.Benchmarks;

public sealed class Http1ExchangeTests
{
    private const string WithLength = "HTTP/1.1 200 OK\r\nDate: now\r\ncontent-length: 5\r\nX-Kv-Copies: 2\r\n\r\nhello";
    private const string Empty = "HTTP/1.1 204 No Content\r\nX-Kv-Copies: 1\r\n\r\n";
    private const string InChunks = "HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0b;x=y\r\nabcdefghijk\r\n0\r\n\r\n";

    [Theory]
    [InlineData(WithLength, 200, 5, 2)]
    [InlineData(Empty, 204, 0, 1)]
    [InlineData(InChunks, 503, 15, 0)]
    public void TryReadAnswer_CutAnywhere_GivesTheSameAnswer(string text, int status, int bodyBytes, int copies) =>
        Gen.Int[1, text.Length].Array[0, 6].Sample(cuts =>
        {
            var requests = new RecordingRequests();
            var exchange = new Http1Exchange(requests);
            int[] ends = [.. cuts.Order(), text.Length];
            var start = 0;
            for (var part = 0; part < ends.Length; part++)
            {
                var isComplete = exchange.TryReadAnswer(Encoding.ASCII.GetBytes(text[start..ends[part]]), out var consumed, out var answer);
                start += consumed;
                if (!isComplete)
                    continue;
                Assert.Equal(text.Length, start);
                Assert.Equal(new Http1Answer(status, bodyBytes, copies), requests.Seen);
                Assert.Equal(new Answer(true, status, copies), answer);
                return;
            }

            Assert.Fail("The answer was never complete.");
        });

    [Theory]
    [InlineData("HTTP/2 200\r\n\r\n")]
    [InlineData("HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    public void TryReadAnswer_NotTheProtocol_IsRefused(string text) =>
        Assert.Throws<ProtocolException>(
            () => new Http1Exchange(new RecordingRequests()).TryReadAnswer(Encoding.ASCII.GetBytes(text), out _, out _));

    private sealed class RecordingRequests : IHttp1Requests
    {
        public Http1Answer Seen { get; private set; }
        public int Write(Operation operation, Span<byte> destination) => 0;

        public bool Accepts(Operation operation, Http1Answer answer)
        {
            Seen = answer;
            return true;
        }
    }
}

using System.Net;
using System.Text;
using KvCluster.Hosting.Sight;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Hosting.Sight;

public sealed class HandOverRequestTests
{
    private static readonly Uri Server = new("http://127.0.0.1:1");
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SendAsync_Done_PostsToTheNodeAndSaysNothing()
    {
        using var server = new Answering(HttpStatusCode.NoContent, "");
        using var http = new HttpClient(server);
        Assert.Null(await new HandOverRequest(http).SendAsync(Server, new NodeId(7), Cancellation));
        Assert.Equal("POST http://127.0.0.1:1/cluster/nodes/7/handover", server.Asked);
    }

    [Theory]
    [InlineData("""{"type":"t","title":"t","status":503,"detail":"The node cannot hand over now.","code":"not-ready","retryable":true}""", "The node cannot hand over now.")]
    [InlineData("<html>", "The server answered with status 503.")]
    public async Task SendAsync_Refused_SaysWhy(string body, string why)
    {
        using var http = new HttpClient(new Answering(HttpStatusCode.ServiceUnavailable, body));
        Assert.Equal(why, await new HandOverRequest(http).SendAsync(Server, new NodeId(7), Cancellation));
    }

    [Fact]
    public async Task SendAsync_NoAnswer_ClaimsNeitherSuccessNorFailure()
    {
        using var http = new HttpClient(new Answering(null, ""));
        Assert.Contains("not known", await new HandOverRequest(http).SendAsync(Server, new NodeId(7), Cancellation), StringComparison.Ordinal);
    }

    private sealed class Answering(HttpStatusCode? status, string body) : HttpMessageHandler
    {
        public string? Asked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked = $"{request.Method} {request.RequestUri}";
            if (status is not { } code) throw new HttpRequestException("gone");
            return Task.FromResult(new HttpResponseMessage(code) { Content = new StringContent(body, Encoding.UTF8, "application/problem+json") });
        }
    }
}

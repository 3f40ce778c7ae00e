using System.Net;
using KvCluster.ServiceDefaults.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace KvCluster.Tests.ServiceDefaults;

public sealed class SafeResilienceTests
{
    [Theory]
    [InlineData("GET", null, 3)]
    [InlineData("HEAD", null, 3)]
    [InlineData("POST", null, 1)]
    [InlineData("PUT", null, 1)]
    [InlineData("PATCH", null, 1)]
    [InlineData("DELETE", null, 1)]
    [InlineData("GET", "text/event-stream", 1)]
    [InlineData("GET", "application/x-ndjson", 1)]
    public async Task Send_ServerUnavailable_RepeatsOnlyWhatIsHarmless(string method, string? accept, int expectedAttempts)
    {
        var network = new UnavailableServer();
        using var client = CreateClient(network, remove: false);
        using var request = new HttpRequestMessage(new HttpMethod(method), "http://kv.test/kv/a");
        if (accept is not null)
            request.Headers.Accept.ParseAdd(accept);

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(expectedAttempts, network.Attempts);
    }

    [Fact]
    public async Task Send_HandlerRemoved_RepeatsNothing()
    {
        var network = new UnavailableServer();
        using var client = CreateClient(network, remove: true);

        using var response = await client.GetAsync(new Uri("http://kv.test/"), TestContext.Current.CancellationToken);

        Assert.Equal(1, network.Attempts);
    }

    private static HttpClient CreateClient(UnavailableServer network, bool remove)
    {
        var services = new ServiceCollection();
        services.ConfigureHttpClientDefaults(http => http.AddSafeResilience());
        var client = services.AddHttpClient("kv").ConfigurePrimaryHttpMessageHandler(() => network);
        if (remove)
        {
#pragma warning disable EXTEXP0001 // RemoveAllResilienceHandlers is marked as experimental.
            client.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        }

        return services.BuildServiceProvider().GetRequiredService<IHttpClientFactory>().CreateClient("kv");
    }

    private sealed class UnavailableServer : HttpMessageHandler
    {
        public int Attempts { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Attempts++;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { RequestMessage = request });
        }
    }
}

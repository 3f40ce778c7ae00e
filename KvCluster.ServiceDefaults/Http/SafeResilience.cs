using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace KvCluster.ServiceDefaults.Http;

/// <summary>Repeats and bounds requests, but only those for which that is harmless.</summary>
/// <remarks>
/// The standard resilience handler repeats every method, so that a write whose answer was lost happens twice, and ends every request
/// after ten seconds, streams and long uploads included. Here only GET, HEAD and OPTIONS that ask for no stream pass through the
/// pipeline; everything else goes straight to the network. A client that has its own rules, such as one between the servers
/// of a cluster, removes the handler with <c>RemoveAllResilienceHandlers()</c>.
/// </remarks>
public static class SafeResilience
{
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TotalTimeout = TimeSpan.FromSeconds(30);
    private static readonly HttpMethod[] SafeMethods = [HttpMethod.Get, HttpMethod.Head, HttpMethod.Options];
    private static readonly string[] StreamingTypes = ["text/event-stream", "application/x-ndjson"];

    public static IHttpClientBuilder AddSafeResilience(this IHttpClientBuilder builder)
    {
        var pipeline = new Lazy<ResiliencePipeline<HttpResponseMessage>>(BuildPipeline);
        return builder.AddHttpMessageHandler(() => new ResilienceHandler(
            request => IsSafe(request) ? pipeline.Value : ResiliencePipeline<HttpResponseMessage>.Empty));
    }

    internal static bool IsSafe(HttpRequestMessage request) =>
        SafeMethods.Contains(request.Method) && !WantsStream(request.Headers.Accept);

    private static bool WantsStream(IEnumerable<MediaTypeWithQualityHeaderValue> accepted) =>
        accepted.Any(type => StreamingTypes.Contains(type.MediaType, StringComparer.OrdinalIgnoreCase));

    private static ResiliencePipeline<HttpResponseMessage> BuildPipeline() =>
        new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddTimeout(TotalTimeout)
            .AddRetry(new HttpRetryStrategyOptions { MaxRetryAttempts = 2, Delay = TimeSpan.FromMilliseconds(200), UseJitter = true })
            .AddTimeout(AttemptTimeout)
            .Build();
}

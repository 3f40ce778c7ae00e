using System.Collections.Concurrent;
using System.Diagnostics;
using KvCluster.ServiceDefaults;
using KvCluster.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace KvCluster.Tests.ServiceDefaults;

/// <summary>Which requests get a span, and what it says.</summary>
public sealed class RequestTracingTests
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string CallerId = "b7ad6b7169203331";

    [Theory]
    [InlineData("01", true, true)]
    [InlineData("00", true, false)]
    [InlineData("00", false, true)]
    public void IsRecorded_WithTheCallersContext_FollowsIt_UnlessTheUserNamedASampler(string flags, bool isChosenHere, bool expected) =>
        Assert.All(Enumerable.Range(0, 50), _ => Assert.Equal(expected, RequestTracing.IsRecorded(Request("/kv/a", $"00-{TraceId}-{CallerId}-{flags}"), isChosenHere)));

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    public void IsRecorded_WithoutAContext_KeepsFew(string? context)
    {
        var request = Request("/kv/a", context);
        Assert.InRange(Enumerable.Range(0, RequestTracing.RootsPerRecorded * 200).Count(_ => RequestTracing.IsRecorded(request, isChosenHere: true)), 50, 500);
        Assert.True(RequestTracing.IsRecorded(request, isChosenHere: false));
    }

    [Theory]
    [InlineData("/health", false)]
    [InlineData("/metrics", false)]
    [InlineData("/alive", false)]
    [InlineData("/kv/health", true)]
    public void IsRecorded_LeavesOutTheProbes(string path, bool expected)
    {
        Assert.Equal(expected, RequestTracing.IsRecorded(Request(path, $"00-{TraceId}-{CallerId}-01"), isChosenHere: true));
        Assert.Equal(expected, RequestTracing.IsRecorded(Request(path, context: null), isChosenHere: false));
    }

    [Fact]
    public async Task Span_HangsBelowTheCallers_AndSaysWhatWasAskedAndAnswered()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "KvCluster.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.Parent.TraceId.ToHexString() == TraceId ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var app = await StartAsync();

        await AskAsync(app, "/things/7");
        await AskAsync(app, "/broken");

        var (found, broken) = (Assert.Single(spans, span => span.DisplayName == "GET /things/{id}"), Assert.Single(spans, span => span.DisplayName == "GET /broken"));
        Assert.Equal((TraceId, CallerId, true, ActivityKind.Server), (found.TraceId.ToHexString(), found.ParentSpanId.ToHexString(), found.HasRemoteParent, found.Kind));
        Assert.Equal(
            [
                new("error.type", null), new("http.request.method", "GET"), new("http.response.status_code", 200), new("http.route", "/things/{id}"), new("network.protocol.version", "1.1"),
                new("server.address", "127.0.0.1"), new("server.port", new Uri(app.Urls.First()).Port), new("url.path", "/things/7"), new("url.scheme", "http"), new("user_agent.original", "probe"),
            ],
            Tags(found));
        Assert.Equal((ActivityStatusCode.Unset, ActivityStatusCode.Error), (found.Status, broken.Status));
        Assert.Equal((500, "System.InvalidOperationException"), (broken.GetTagItem("http.response.status_code"), broken.GetTagItem("error.type")));
    }

    private static KeyValuePair<string, object?>[] Tags(Activity span) =>
        [.. span.TagObjects.Append(new("error.type", span.GetTagItem("error.type"))).OrderBy(tag => tag.Key, StringComparer.Ordinal)];

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        var app = builder.Build();
        app.UseRouting();
        app.MapDefaultEndpoints();
        app.MapGet("/things/{id}", (string id) => id);
        app.MapGet("/broken", IResult () => throw new InvalidOperationException("On purpose."));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static async Task AskAsync(WebApplication app, string path)
    {
        using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(app.Urls.First()), path));
        request.Headers.Add("traceparent", $"00-{TraceId}-{CallerId}-01");
        request.Headers.Add("User-Agent", "probe");
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static HttpRequest Request(string path, string? context)
    {
        var request = new DefaultHttpContext().Request;
        request.Path = path;
        if (context is not null) request.Headers.TraceParent = context;
        return request;
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KvCluster.Benchmarks.Telemetry;

/// <summary>A collector on this machine that takes OTLP over HTTP, counts it and throws it away: what sending costs, not what storing costs.</summary>
internal sealed class LocalCollector : IAsyncDisposable
{
    private readonly WebApplication _application;
    private long _requests;
    private long _bytes;

    private LocalCollector(WebApplication application) => _application = application;

    public long Requests => Interlocked.Read(ref _requests);
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>What a process needs in its environment to send logs, metrics and traces here, metrics every five seconds.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _application.Urls.Single(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "5000",
    };

    public static async Task<LocalCollector> StartAsync(CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var collector = new LocalCollector(builder.Build());
        collector._application.MapPost("/v1/{signal}", collector.TakeAsync);
        await collector._application.StartAsync(cancellation);
        return collector;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task TakeAsync(HttpRequest request)
    {
        var buffer = new byte[64 << 10];
        int read;
        while ((read = await request.Body.ReadAsync(buffer)) > 0) Interlocked.Add(ref _bytes, read);
        Interlocked.Increment(ref _requests);
    }
}

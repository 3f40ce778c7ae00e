using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KvCluster.Tests.Diagnostics;

/// <summary>A collector on a free port of this machine: takes OTLP over HTTP and keeps the spans.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();

    private OtlpReceiver(WebApplication application) => _application = application;

    public IReadOnlyCollection<ReceivedSpan> Spans => _spans;

    /// <summary>What a process needs in its environment to send everything here soon.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = _application.Urls.Single(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
    };

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(builder.Build());
        receiver._application.MapPost("/v1/{signal}", receiver.TakeAsync);
        await receiver._application.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task TakeAsync(string signal, HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        if (signal == "traces") Keep(body.ToArray());
    }

    // ExportTraceServiceRequest, resource spans (1): resource (1) with attributes (1), scope spans (2) with spans (2).
    private void Keep(byte[] message)
    {
        foreach (var ofResource in ProtobufFields.All(message, 1))
        {
            var attributes = ProtobufFields.All(ProtobufFields.One(ofResource, 1), 1);
            var name = attributes.FirstOrDefault(attribute => ProtobufFields.Text(attribute, 1) == "service.name", []);
            var service = ProtobufFields.Text(ProtobufFields.One(name, 2), 1);
            foreach (var span in ProtobufFields.All(ofResource, 2).SelectMany(scope => ProtobufFields.All(scope, 2)))
                _spans.Enqueue(new ReceivedSpan(service, Hex(span, 1), Hex(span, 2), Hex(span, 4), ProtobufFields.Text(span, 5)));
        }
    }

    private static string Hex(byte[] span, int field) => Convert.ToHexStringLower(ProtobufFields.One(span, field));
}

using KvCluster.ServiceDefaults.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace KvCluster.ServiceDefaults.Telemetry;

/// <summary>OpenTelemetry logs, metrics and traces, sent by OTLP where the environment names a collector; metrics also for Prometheus to fetch, by option.</summary>
/// <remarks>
/// Where nobody reads, nothing is registered at all: a listener would still cost every request its activity and its measurements. Meters and
/// activity sources exist either way, and any other listener may subscribe to them.
/// The service's name is left to <c>OTEL_SERVICE_NAME</c>: Aspire's dashboard finds the resource by it.
/// </remarks>
public static class TelemetryDefaults
{
    /// <summary>The standard variable that names the collector.</summary>
    public const string CollectorVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>The standard variable that names a sampler; without it <see cref="InitiativeSampler"/> decides.</summary>
    public const string SamplerVariable = "OTEL_TRACES_SAMPLER";

    /// <summary>True (environment <c>Telemetry__Prometheus</c>): <see cref="PrometheusPath"/> shows the metrics.</summary>
    public const string PrometheusKey = "Telemetry:Prometheus";
    public const string PrometheusPath = "/metrics";

    /// <summary>True (environment <c>Telemetry__WebServer</c>): the web server's own metrics of each request, too.</summary>
    /// <remarks>They cost a read a good part of its throughput (docs/BENCHMARKS.md), and say of it what the store's own say.</remarks>
    public const string WebServerKey = "Telemetry:WebServer";

    /// <summary>Matches the meters and the activity sources of this project.</summary>
    public const string OwnSources = "KvCluster.*";

    /// <summary>The web server's connections; nothing of it is measured for each request.</summary>
    private const string ConnectionMeter = "Microsoft.AspNetCore.Server.Kestrel";

    /// <summary>The log category for which ASP.NET Core starts an activity with each request as soon as anything of it is logged.</summary>
    private const string RequestLogCategory = "Microsoft.AspNetCore.Hosting.Diagnostics";

    internal static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        var hasCollector = !string.IsNullOrWhiteSpace(builder.Configuration[CollectorVariable]);
        SilenceRequestLog(builder);
        if (!hasCollector && !IsPrometheusOn(builder.Configuration)) return;
        var telemetry = builder.Services.AddOpenTelemetry().WithMetrics(metrics => AddMetrics(metrics, builder.Configuration));
        if (!hasCollector) return;
        // The exporter's own requests would otherwise be logged, exported, and cause the next.
        builder.Logging.AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        telemetry.WithTracing(tracing => AddTraces(tracing, builder.Configuration)).UseOtlpExporter();
    }

    internal static void MapMetrics(this IEndpointRouteBuilder endpoints, IConfiguration configuration)
    {
        if (IsPrometheusOn(configuration)) endpoints.MapPrometheusScrapingEndpoint(PrometheusPath);
    }

    /// <summary>Nobody named another sampler.</summary>
    internal static bool HasOwnSampler(IConfiguration configuration) => string.IsNullOrWhiteSpace(configuration[SamplerVariable]);

    private static bool IsPrometheusOn(IConfiguration configuration) => IsOn(configuration, PrometheusKey);
    private static bool IsOn(IConfiguration configuration, string key) => bool.TryParse(configuration[key], out var isOn) && isOn;

    private static void AddMetrics(MeterProviderBuilder metrics, IConfiguration configuration)
    {
        metrics.AddMeter(OwnSources).AddMeter(ConnectionMeter).AddHttpClientInstrumentation().AddRuntimeInstrumentation();
        if (IsOn(configuration, WebServerKey)) metrics.AddAspNetCoreInstrumentation();
        if (IsPrometheusOn(configuration)) metrics.AddPrometheusExporter();
    }

    private static void AddTraces(TracerProviderBuilder tracing, IConfiguration configuration)
    {
        tracing.AddSource(OwnSources).AddHttpClientInstrumentation();
        if (HasOwnSampler(configuration)) tracing.SetSampler(new ParentBasedSampler(new InitiativeSampler()));
    }

    // An activity for each request that nobody samples would cost a reader one request in twenty.
    private static void SilenceRequestLog(IHostApplicationBuilder builder)
    {
        if (builder.Configuration[$"Logging:LogLevel:{RequestLogCategory}"] is null)
            builder.Logging.AddFilter(RequestLogCategory, LogLevel.None);
    }
}

using KvCluster.ServiceDefaults.Health;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace KvCluster.ServiceDefaults.Telemetry;

/// <summary>OpenTelemetry logs, metrics and traces, sent by OTLP where the environment names a collector.</summary>
/// <remarks>
/// Without a collector nothing is registered at all: a listener that nobody reads would still cost every request its activity and its
/// measurements. Meters and activity sources exist either way, and any other listener may subscribe to them.
/// The service's name is left to <c>OTEL_SERVICE_NAME</c>: Aspire's dashboard finds the resource by it.
/// </remarks>
public static class TelemetryDefaults
{
    /// <summary>The standard variable that names the collector.</summary>
    public const string CollectorVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Matches the meters and the activity sources of this project.</summary>
    public const string OwnSources = "KvCluster.*";

    /// <summary>The log category for which ASP.NET Core starts an activity with each request as soon as anything of it is logged.</summary>
    private const string RequestLogCategory = "Microsoft.AspNetCore.Hosting.Diagnostics";

    internal static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration[CollectorVariable]))
        {
            SilenceRequestLog(builder);
            return;
        }

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics
                .AddMeter(OwnSources)
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation())
            .WithTracing(tracing => tracing
                .AddSource(OwnSources)
                .AddAspNetCoreInstrumentation(options => options.Filter = IsWorthATrace)
                .AddHttpClientInstrumentation())
            .UseOtlpExporter();
    }

    /// <summary>Probes come every few seconds for ever and would bury everything else.</summary>
    internal static bool IsWorthATrace(HttpContext context) =>
        !context.Request.Path.StartsWithSegments(HealthEndpoints.ReadinessPath, StringComparison.Ordinal)
        && !context.Request.Path.StartsWithSegments(HealthEndpoints.LivenessPath, StringComparison.Ordinal);

    private static void SilenceRequestLog(IHostApplicationBuilder builder)
    {
        if (builder.Configuration[$"Logging:LogLevel:{RequestLogCategory}"] is null)
            builder.Logging.AddFilter(RequestLogCategory, LogLevel.None);
    }
}

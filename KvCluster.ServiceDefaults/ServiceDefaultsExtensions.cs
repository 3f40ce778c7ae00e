using KvCluster.ServiceDefaults.Health;
using KvCluster.ServiceDefaults.Http;
using KvCluster.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KvCluster.ServiceDefaults;

/// <summary>What every process of this house has in common: telemetry, health endpoints, service discovery. It knows nothing
/// about keys.</summary>
/// <remarks>
/// It departs from Aspire's template in five points. Telemetry is built only where there is somebody to send it to, so that a request
/// costs nothing more without a collector. The meters and sources of KvCluster are included. Only requests that are recorded get a span,
/// and the web server's own metrics are an option. The health endpoints are mapped in every environment, because an orchestrator in
/// production needs them most. And only requests that are safe to repeat are ever repeated.
/// </remarks>
public static class ServiceDefaultsExtensions
{
    /// <summary>Adds all of it. Call <see cref="MapDefaultEndpoints"/> on the application, too.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddTelemetry();
        builder.AddDefaultHealthChecks();
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddSafeResilience();
            http.AddServiceDiscovery();
        });
        return builder;
    }

    /// <summary>Maps <c>/health</c> (readiness) and <c>/alive</c> (liveness), and <c>/metrics</c> where it was asked for; requests get their spans.</summary>
    /// <remarks>To be called after <c>UseRouting</c>.</remarks>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseRequestTracing(app.Configuration);
        app.MapHealthEndpoints();
        app.MapMetrics(app.Configuration);
        return app;
    }
}

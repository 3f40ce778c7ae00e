using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace KvCluster.ServiceDefaults.Health;

/// <summary>The two questions an orchestrator asks, as plain text: <c>Healthy</c> or <c>Degraded</c> with 200, <c>Unhealthy</c>
/// with 503.</summary>
/// <remarks>
/// Readiness runs every check: shall requests come here? Liveness runs only the checks tagged <see cref="LiveTag"/>, which must not ask
/// about peers, quorum, lag or disk: whoever acts on it restarts the process, and a restart helps against none of these.
/// </remarks>
public static class HealthEndpoints
{
    public const string ReadinessPath = "/health";
    public const string LivenessPath = "/alive";

    /// <summary>Tag of the checks that make up liveness.</summary>
    public const string LiveTag = "live";

    internal static void AddDefaultHealthChecks(this IHostApplicationBuilder builder) =>
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);

    internal static void MapHealthEndpoints(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks(ReadinessPath);
        endpoints.MapHealthChecks(LivenessPath, new HealthCheckOptions { Predicate = check => check.Tags.Contains(LiveTag) });
    }
}

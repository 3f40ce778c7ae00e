using System.Diagnostics;
using System.Globalization;
using KvCluster.ServiceDefaults.Health;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;

namespace KvCluster.ServiceDefaults.Telemetry;

/// <summary>The spans of requests: one for each request that is recorded, nothing for the others.</summary>
/// <remarks>
/// ASP.NET Core makes an activity for every request as soon as anybody listens, before a sampler is asked; that alone costs a store a good part of
/// a request. Here the question comes first. Names and attributes are those of OpenTelemetry's conventions for HTTP server spans
/// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/), the caller's context comes as in W3C Trace Context.
/// </remarks>
internal static class RequestTracing
{
    /// <summary>Of the requests that come without a context, one in so many is recorded.</summary>
    internal const int RootsPerRecorded = 1_000;

    private static readonly ActivitySource Source = new("KvCluster.Http");

    /// <summary>To be called where it is known which endpoint answers.</summary>
    public static void UseRequestTracing(this IApplicationBuilder app, IConfiguration configuration)
    {
        var isChosenHere = TelemetryDefaults.HasOwnSampler(configuration);
        app.Use((context, next) => Source.HasListeners() && IsRecorded(context.Request, isChosenHere) ? TraceAsync(context, next) : next(context));
    }

    /// <param name="isChosenHere">False: the user named a sampler, which is asked about every request.</param>
    internal static bool IsRecorded(HttpRequest request, bool isChosenHere)
    {
        var isChosen = !isChosenHere
            || (ParentOf(request) is { } parent ? parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) : Random.Shared.Next(RootsPerRecorded) == 0);
        return isChosen && IsWorthATrace(request.Path);
    }

    /// <summary>Whoever looks after this process asks every few seconds for ever and would bury everything else.</summary>
    internal static bool IsWorthATrace(PathString path) =>
        !path.StartsWithSegments(HealthEndpoints.ReadinessPath, StringComparison.Ordinal)
        && !path.StartsWithSegments(HealthEndpoints.LivenessPath, StringComparison.Ordinal)
        && !path.StartsWithSegments(TelemetryDefaults.PrometheusPath, StringComparison.Ordinal);

    private static async Task TraceAsync(HttpContext context, RequestDelegate next)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        var method = context.Request.Method;
        using var span = Source.StartActivity(route is null ? method : $"{method} {route}", ActivityKind.Server, ParentOf(context.Request) ?? default, Describe(context.Request, route));
        try
        {
            await next(context);
            Conclude(span, context.Response.StatusCode, error: null);
        }
        catch (Exception error)
        {
            Conclude(span, StatusCodes.Status500InternalServerError, error);
            throw;
        }
    }

    private static ActivityContext? ParentOf(HttpRequest request) =>
        request.Headers.TraceParent is [{ } parent] && ActivityContext.TryParse(parent, request.Headers.TraceState, isRemote: true, out var context) ? context : null;

    private static ActivityTagsCollection Describe(HttpRequest request, string? route)
    {
        var tags = new ActivityTagsCollection
        {
            ["http.request.method"] = request.Method,
            ["url.scheme"] = request.Scheme,
            ["url.path"] = request.Path.Value,
            ["server.address"] = request.Host.Host,
            ["network.protocol.version"] = request.Protocol[(request.Protocol.IndexOf('/', StringComparison.Ordinal) + 1)..],
        };
        if (request.Host.Port is { } port) tags["server.port"] = port;
        if (route is not null) tags["http.route"] = route;
        if (request.Headers.UserAgent is [{ } agent]) tags["user_agent.original"] = agent;
        return tags;
    }

    // Only what the server is to blame for is an error of its span.
    private static void Conclude(Activity? span, int status, Exception? error)
    {
        if (span is null) return;
        span.SetTag("http.response.status_code", status);
        if (status < StatusCodes.Status500InternalServerError) return;
        span.SetTag("error.type", error?.GetType().FullName ?? status.ToString(CultureInfo.InvariantCulture)).SetStatus(ActivityStatusCode.Error);
    }
}

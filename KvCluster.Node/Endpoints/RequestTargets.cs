using KvCluster.Protocol.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace KvCluster.Node.Endpoints;

/// <summary>Brings requests to the key-value endpoints by the target as it came, and gives refusals of the routing a problem document.</summary>
/// <remarks>
/// The server resolves dot segments before it routes. A key may hold any bytes, also <c>a/../b</c>, so the path that is routed must not
/// depend on what the key would mean as a path.
/// </remarks>
internal static class RequestTargets
{
    private const string Prefix = "/kv/";

    /// <summary>Before the routing.</summary>
    public static void UseKeyValueTargets(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.StartsWith(Prefix, StringComparison.Ordinal) && LooksOtherwise(target)) context.Request.Path = "/kv/key";
        var routed = next(context);
        return routed.IsCompletedSuccessfully && context.Response.StatusCode < 400 ? Task.CompletedTask : ExplainAsync(routed, context);
    });

    // An empty key would be routed as the listing, which has the same path but for the slash.
    private static bool LooksOtherwise(string target)
    {
        var path = target.AsSpan();
        if (path.IndexOf('?') is var query and >= 0) path = path[..query];
        return path.Length == Prefix.Length || path.Contains("/.", StringComparison.Ordinal) || path.Contains("/%2e", StringComparison.OrdinalIgnoreCase);
    }

    private static async Task ExplainAsync(Task routed, HttpContext context)
    {
        await routed;
        var response = context.Response;
        if (response.HasStarted || response.ContentType is not null || response.ContentLength is not null) return;
        var problem = response.StatusCode switch
        {
            StatusCodes.Status404NotFound => new RequestProblem(404, ProblemCode.NotFound, "There is nothing at this path."),
            StatusCodes.Status405MethodNotAllowed => new RequestProblem(405, ProblemCode.MethodNotAllowed, $"{context.Request.Method} is not possible here."),
            _ => null,
        };
        if (problem is not null) await ProblemWriter.WriteAsync(response, problem);
    }
}

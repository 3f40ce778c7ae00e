using System.Diagnostics;
using System.Text.Json;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;

namespace KvCluster.Node.Endpoints;

/// <summary>Writes RFC 9457 problem documents.</summary>
internal static class ProblemWriter
{
    public static KvProblem Describe(RequestProblem problem) => new()
    {
        Type = ProblemCode.TypePrefix + problem.Code,
        Title = problem.Code.Replace('-', ' '),
        Status = problem.Status,
        Detail = problem.Message,
        Code = problem.Code,
        Retryable = problem.IsRetryable,
        Outcome = problem.IsUnknown ? "unknown" : "definite",
        TraceId = Activity.Current?.TraceId.ToString(),
    };

    public static Task WriteAsync(HttpResponse response, RequestProblem problem)
    {
        response.StatusCode = problem.Status;
        response.ContentType = "application/problem+json";
        if (problem.RetryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (problem.Header is var (name, value)) response.Headers[name] = value;
        return HttpMethods.IsHead(response.HttpContext.Request.Method)
            ? Task.CompletedTask
            : JsonSerializer.SerializeAsync(response.Body, Describe(problem), KvJson.Default.KvProblem, response.HttpContext.RequestAborted);
    }
}

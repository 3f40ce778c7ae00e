namespace KvCluster.Node.Endpoints;

/// <summary>Why a request is refused, on its way to a problem document.</summary>
internal sealed class RequestProblem(int status, string code, string detail) : Exception(detail)
{
    public int Status => status;
    public string Code => code;
    public bool IsRetryable { get; init; }
    public bool IsUnknown { get; init; }

    /// <summary>Seconds for <c>Retry-After</c>; none when retrying has no point or needs no pause.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>A header that belongs to the refusal, such as <c>Accept-Patch</c> or <c>ETag</c>.</summary>
    public (string Name, string Value)? Header { get; init; }
}

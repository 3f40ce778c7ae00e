using System.Text.Json.Serialization;

namespace KvCluster.Protocol.Problems;

/// <summary>An error as it travels: RFC 9457 problem details with a stable code.</summary>
public sealed record KvProblem
{
    public required string Type { get; init; }
    public required string Title { get; init; }
    public required int Status { get; init; }
    public string? Detail { get; init; }
    public required string Code { get; init; }

    /// <summary>The same request may succeed later. A write whose outcome is unknown may be repeated only with the same request id.</summary>
    public required bool Retryable { get; init; }

    /// <summary><c>definite</c>: nothing was or will be applied. <c>unknown</c>: the write may or may not take effect.</summary>
    public string Outcome { get; init; } = "definite";

    public string? TraceId { get; init; }

    [JsonIgnore]
    public bool IsUnknown => Outcome == "unknown";
}

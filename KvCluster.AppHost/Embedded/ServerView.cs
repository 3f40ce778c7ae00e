using System.Text.Json.Serialization;

namespace KvCluster.AppHost.Embedded;

/// <summary>One server as the orchestrator sees it now.</summary>
internal sealed record ServerView
{
    public required string Name { get; init; }
    public required string? Node { get; init; }
    public required ServerRole Role { get; init; }

    [JsonPropertyName("master")]
    public required bool IsMaster { get; init; }

    /// <summary>Without a slash at the end.</summary>
    public required string Url { get; init; }

    /// <summary>Where Redis clients reach it, <c>host:port</c>; none for a witness.</summary>
    public required string? Resp { get; init; }

    /// <summary>None while no process runs.</summary>
    [JsonPropertyName("pid")]
    public required int? ProcessId { get; init; }
    public required string DataDirectory { get; init; }

    /// <summary>A <see cref="Protocol.Contracts.ServerState"/>, or <see cref="ClusterView.Exited"/> while no process runs.</summary>
    public required string State { get; init; }
}

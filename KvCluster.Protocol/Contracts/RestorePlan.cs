using System.Collections.Immutable;

namespace KvCluster.Protocol.Contracts;

/// <summary><c>GET /cluster/restore</c>: from what a lost register would begin anew; as the answer to a restore, from what it did.</summary>
public sealed record RestorePlan
{
    /// <summary>The newest version of the topology in reach.</summary>
    public required long Version { get; init; }

    /// <summary>Name of the server that holds it.</summary>
    public required string From { get; init; }

    /// <summary>It stands in that server's vote only: accepted, and perhaps acknowledged, but nobody in reach knows it to be decided.</summary>
    public bool IsFromVote { get; init; }

    /// <summary>A majority of the voters answers: nothing is lost, and a restore is refused.</summary>
    public bool IsMajorityInReach { get; init; }

    /// <summary>Names of the voters that did not answer.</summary>
    public ImmutableArray<string> SilentVoters { get; init; } = [];

    /// <summary>Names of the servers that did not answer: what only they know is lost.</summary>
    public ImmutableArray<string> SilentServers { get; init; } = [];
    public ImmutableArray<LoneMain> LoneMains { get; init; } = [];
}

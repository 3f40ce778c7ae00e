using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Protocol.Contracts;

/// <summary>
/// <c>GET /cluster/master</c>, answered by every server. <see cref="Master"/> is none while the server knows no topology;
/// <see cref="ClusterId"/> is none only when it belongs to no cluster.
/// </summary>
public sealed record MasterAnswer(ClusterId ClusterId, ServerInfo? Master, long TopologyVersion)
{
    /// <summary>It belongs to no cluster and may create one: who may do so too must wait for it.</summary>
    public bool IsFounding { get; init; }

    /// <summary>The vote of the server that answers, and where that is to be had now: a hint for others that look for the voters.</summary>
    public Guid? VoterId { get; init; }
    public string? Peer { get; init; }
}

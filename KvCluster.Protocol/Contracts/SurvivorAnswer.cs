using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Protocol.Contracts;

/// <summary><c>GET /cluster/survivor</c>: all that a server holds from which a lost register can be restored, registered or not.</summary>
public sealed record SurvivorAnswer
{
    public required string Name { get; init; }
    public required StoreId StoreId { get; init; }

    /// <summary>The newest decided topology it knows.</summary>
    public ClusterTopology? Topology { get; init; }
    public SurvivingVote? Vote { get; init; }

    /// <summary>Epoch and index of the newest entry of its log; none for a server without data.</summary>
    public Epoch DataEpoch { get; init; }
    public LogIndex DataLast { get; init; }
}

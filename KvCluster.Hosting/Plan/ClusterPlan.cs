using System.Collections.Immutable;

namespace KvCluster.Hosting.Plan;

/// <summary>The cluster on this machine as it shall be started, whoever starts it: Aspire or the embedded orchestrator.</summary>
internal sealed record ClusterPlan
{
    /// <summary>Where every server listens and is reached. The address and not a name: a name may mean IPv6 to one side and IPv4
    /// to the other.</summary>
    public const string Host = "127.0.0.1";

    /// <summary>The master node first.</summary>
    public required ImmutableArray<NodePlan> Nodes { get; init; }

    /// <summary>Votes and holds no data; none where the nodes have votes enough.</summary>
    public ServerPlan? Witness { get; init; }

    /// <summary>Holds one folder for each server.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Every process to start, the bootstrap server first.</summary>
    public IEnumerable<ServerPlan> Servers => Witness is null ? DataServers : DataServers.Append(Witness);

    private IEnumerable<ServerPlan> DataServers => Nodes.SelectMany(node => node.Servers);
}

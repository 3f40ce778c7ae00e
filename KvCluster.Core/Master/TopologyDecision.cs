using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Master;

/// <summary>What the master makes of a request: the next topology, the present one when there is nothing to change, or a refusal.</summary>
/// <param name="Code">A problem code when it is refused.</param>
public readonly record struct TopologyDecision(ClusterTopology? Next, string? Code = null, string? Detail = null)
{
    public bool IsRefused => Next is null;

    public static TopologyDecision Refuse(string code, string detail) => new(null, code, detail);
}

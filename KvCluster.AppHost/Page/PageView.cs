using System.Collections.Immutable;
using KvCluster.Hosting.Sight;

namespace KvCluster.AppHost.Page;

/// <summary>The cluster as the page draws it.</summary>
/// <param name="Condition">How well it serves.</param>
/// <param name="Reasons">Why it is not healthy, one sentence each.</param>
/// <param name="Votes">How many servers vote on the topology; zero where it is kept elsewhere.</param>
/// <param name="Witnesses">Servers that vote and hold no data.</param>
internal sealed record PageView(
    ClusterCondition Condition,
    ImmutableArray<string> Reasons,
    long TopologyVersion,
    string WriteMode,
    int Votes,
    ImmutableArray<PageNode> Nodes,
    ImmutableArray<PageServer> Witnesses)
{
    public bool Matches(PageView? other) =>
        other is not null && Condition == other.Condition && TopologyVersion == other.TopologyVersion && WriteMode == other.WriteMode && Votes == other.Votes
        && Reasons.SequenceEqual(other.Reasons) && Witnesses.SequenceEqual(other.Witnesses)
        && Nodes.Length == other.Nodes.Length && Nodes.Zip(other.Nodes).All(pair => pair.First.Matches(pair.Second));
}

using System.Collections.Immutable;
using KvCluster.Protocol.Identity;

namespace KvCluster.Protocol.Topology;

/// <summary>
/// What changed between two versions of the topology. A receiver whose version is not <see cref="FromVersion"/> has a gap:
/// it pulls the whole document with <c>GET /cluster/topology</c>.
/// </summary>
/// <param name="Sender">Who tells it: the master, or a server that made this change without it.</param>
/// <param name="Header">The new document without its nodes.</param>
/// <param name="Changed">Nodes that are new or differ.</param>
/// <param name="Removed">Nodes that are gone.</param>
public sealed record TopologyUpdate(ServerId Sender, long FromVersion, ClusterTopology Header, ImmutableArray<NodeInfo> Changed, ImmutableArray<NodeId> Removed)
{
    public static TopologyUpdate Between(ServerId sender, ClusterTopology from, ClusterTopology to) => new(
        sender,
        from.Version,
        to with { Nodes = [] },
        [.. to.Nodes.Where(node => from.Find(node.Id) is not { } old || !ReferenceEquals(old, node))],
        [.. from.Nodes.Where(node => to.Find(node.Id) is null).Select(node => node.Id)]);

    /// <summary>The newer document, or nothing when <paramref name="current"/> is not what this update starts from.</summary>
    public ClusterTopology? ApplyTo(ClusterTopology current)
    {
        if (current.ClusterId != Header.ClusterId || current.Lineage != Header.Lineage || current.Version != FromVersion) return null;
        var kept = current.Nodes.Where(node => !Removed.Contains(node.Id) && Changed.All(changed => changed.Id != node.Id));
        return Header with { Nodes = [.. kept.Concat(Changed).OrderBy(node => node.Id)] };
    }
}

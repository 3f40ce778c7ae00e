using KvCluster.Protocol.Topology;
using KvCluster.Tests.Register;

namespace KvCluster.Tests.Simulation;

/// <summary>Real topologies told apart: by the requests that made them, and by what they say of each node.</summary>
internal static class TopologyRules
{
    public static readonly DocumentRules Rules = new(IsSame, IsMadeFrom);

    private static bool IsSame(ClusterTopology left, ClusterTopology right)
    {
        if (left.Master != right.Master || left.Lineage != right.Lineage || left.Settings != right.Settings || left.Nodes.Length != right.Nodes.Length) return false;
        if (!left.Recent.AsSpan().SequenceEqual(right.Recent.AsSpan()) || !left.Servers.SequenceEqual(right.Servers)) return false;
        for (var i = 0; i < left.Nodes.Length; i++)
        {
            var (one, other) = (left.Nodes[i], right.Nodes[i]);
            if (one.Id != other.Id || one.Epoch != other.Epoch || one.Lineage != other.Lineage || one.Main != other.Main || !one.InSync.AsSpan().SequenceEqual(other.InSync.AsSpan())) return false;
        }

        return true;
    }

    // Nothing is lost in between: the request is the last one, and all before it are those of the predecessor.
    private static bool IsMadeFrom(ClusterTopology before, ClusterTopology after, Guid request)
    {
        var earlier = after.Recent.AsSpan()[..^1];
        return after.Recent[^1] == new RecentChange(before.Version + 1, request) && before.Recent.AsSpan()[^earlier.Length..].SequenceEqual(earlier);
    }
}

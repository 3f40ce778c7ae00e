using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Register;

/// <summary>Version and request of a change, as every compare-and-set writes them.</summary>
public static class TopologyStamp
{
    private const int Window = 64;

    public static ClusterTopology Stamp(this ClusterTopology next, ClusterTopology current, Guid requestId, int recentMax = Window)
    {
        var version = current.Version + 1;
        var recent = current.Recent.Add(new RecentChange(version, requestId));
        return next with { Version = version, Recent = recent.Length > recentMax ? recent[^recentMax..] : recent };
    }

    /// <summary>This request made one of the recent versions.</summary>
    public static bool WasMadeBy(this ClusterTopology topology, Guid requestId)
    {
        foreach (var change in topology.Recent)
            if (change.RequestId == requestId) return true;
        return false;
    }
}

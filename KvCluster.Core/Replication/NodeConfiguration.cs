using System.Collections.Immutable;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Core.Replication;

/// <summary>What the topology says about this server's node: the only source of roles (I4).</summary>
/// <param name="Version">Version of the topology it was read from; a lower one is ignored.</param>
public sealed record NodeConfiguration(
    NodeId Node,
    int Lineage,
    Epoch Epoch,
    ServerId Main,
    ImmutableArray<ServerId> InSync,
    ImmutableArray<Member> Members,
    WriteMode WriteMode,
    (int Lineage, long Version) Version)
{
    public static NodeConfiguration From(NodeInfo node, ClusterTopology topology) => new(
        node.Id,
        node.Lineage,
        node.Epoch,
        node.Main,
        node.InSync,
        [.. node.Servers.Select(server => new Member(server.Id, server.Incarnation))],
        topology.Settings.WriteMode,
        (topology.Lineage, topology.Version));

    public bool IsInSync(ServerId server) => InSync.Contains(server);

    public Member? Find(ServerId server)
    {
        foreach (var member in Members)
            if (member.Id == server) return member;
        return null;
    }

    /// <summary>The other server of the node; none when the node runs without a replica.</summary>
    public Member? PeerOf(ServerId server)
    {
        foreach (var member in Members)
            if (member.Id != server) return member;
        return null;
    }
}

using KvCluster.Client.Http;
using KvCluster.Protocol.Topology;

namespace KvCluster.Client.Topology;

/// <summary>Where a topology comes from: the cluster, or configuration.</summary>
internal interface ITopologySource
{
    /// <summary>The newest time that any server has shown with its topology.</summary>
    NodeClock Clock { get; }

    /// <summary>A topology, the newest that could be had in a moment; none when nobody answered.</summary>
    /// <param name="known">The one in use, whose servers can be asked.</param>
    /// <param name="first">Whom to ask first, where somebody is known to have a newer one.</param>
    ValueTask<ClusterTopology?> FetchAsync(RoutingTable? known, StoreServer? first, CancellationToken cancellationToken);
}

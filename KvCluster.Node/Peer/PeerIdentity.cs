using KvCluster.Core.Replication;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Peer;

/// <summary>Who this server is on its peer port. The run is zero until the server is registered.</summary>
internal sealed record PeerIdentity(ClusterId Cluster, Member Self);

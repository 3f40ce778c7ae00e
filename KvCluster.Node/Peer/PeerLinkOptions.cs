using System.Net;
using KvCluster.Core.Replication;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Peer;

/// <summary>Who this server is on its peer port.</summary>
/// <param name="SilenceMax">How long bytes may stay unacknowledged before a connection is given up.</param>
internal sealed record PeerLinkOptions(IPAddress BindAddress, int Port, ClusterId Cluster, Member Self, TimeSpan SilenceMax);

using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Messages;

/// <summary>What main and replica of one node say to each other. Carried by a connection that proved cluster, node, servers and their runs.</summary>
/// <param name="Epoch">The configuration the sender acts under; a receiver in another one does not act on the message.</param>
public abstract record PeerMessage(Epoch Epoch);

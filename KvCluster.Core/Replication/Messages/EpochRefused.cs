using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Messages;

/// <summary>The receiver of a message acts under a higher epoch. Nobody believes it: the master is asked.</summary>
public sealed record EpochRefused(Epoch Epoch) : PeerMessage(Epoch);

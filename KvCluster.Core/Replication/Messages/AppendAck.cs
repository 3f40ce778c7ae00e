using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Messages;

/// <summary>Follower to main: everything up to here is on my disk and equal to your log.</summary>
public sealed record AppendAck(Epoch Epoch, LogIndex Durable) : PeerMessage(Epoch);

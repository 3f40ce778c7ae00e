using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Messages;

/// <summary>Main, under lease, to follower: at some moment after you sent <paramref name="ProbeAt"/> this much was committed.</summary>
public sealed record FreshnessAnswer(Epoch Epoch, long ProbeAt, LogIndex Committed) : PeerMessage(Epoch);

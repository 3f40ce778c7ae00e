using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Messages;

/// <summary>Main to follower: I am here. Its acknowledgement is a lease counted from <paramref name="SentAt"/>.</summary>
/// <param name="SentAt">The main's monotonic microseconds; the follower only gives it back.</param>
/// <param name="Last">The end of the main's log.</param>
public sealed record Beacon(Epoch Epoch, long SentAt, LogIndex Last, LogIndex Committed) : PeerMessage(Epoch);

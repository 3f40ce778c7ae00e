using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Messages;

/// <summary>Follower to main: until a grace period has passed I shall not ask for your place.</summary>
/// <param name="ProbeAt">The follower's own monotonic microseconds, to measure how fresh its state is; given back in <see cref="FreshnessAnswer"/>.</param>
public sealed record BeaconAck(Epoch Epoch, long SentAt, long ProbeAt, LogIndex Applied) : PeerMessage(Epoch);

using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Messages;

/// <summary>Main to replica: I no longer serve, you have everything up to <paramref name="Last"/>; ask for my place at once.</summary>
public sealed record LeaseReleased(Epoch Epoch, LogIndex Last, bool IsLeaving) : PeerMessage(Epoch);

using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Messages;

/// <summary>Main to follower: what does your log hold?</summary>
public sealed record LogProbe(Epoch Epoch) : PeerMessage(Epoch);

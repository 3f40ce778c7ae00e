using KvCluster.Core.State;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Messages;

/// <summary>Main to learner: your log cannot be continued; take this snapshot.</summary>
public sealed record SnapshotOffer(Epoch Epoch, SnapshotId Id, Revision LastRevision) : PeerMessage(Epoch);

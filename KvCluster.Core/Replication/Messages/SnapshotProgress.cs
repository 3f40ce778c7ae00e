using KvCluster.Core.State;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Messages;

/// <summary>Learner to main: so many chunks are staged; send from there.</summary>
public sealed record SnapshotProgress(Epoch Epoch, SnapshotId Id, int Chunks) : PeerMessage(Epoch);

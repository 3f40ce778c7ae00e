using KvCluster.Core.State;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Effects;

/// <summary>In one durable step make the staged rows the state and begin the log after them; the answer is <see cref="Inputs.SnapshotInstalled"/>.</summary>
public sealed record InstallSnapshotEffect(SnapshotId Id, Revision LastRevision) : ReplicationEffect;

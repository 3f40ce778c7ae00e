using KvCluster.Core.State;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Inputs;

/// <summary>The staged snapshot is now the applied state and the log begins after it.</summary>
public sealed record SnapshotInstalled(SnapshotId Id, Revision LastRevision) : ReplicationInput;

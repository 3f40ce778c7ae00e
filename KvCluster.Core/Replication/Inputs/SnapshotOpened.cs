using KvCluster.Core.State;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Inputs;

/// <summary>A frozen view of the applied state is open.</summary>
public sealed record SnapshotOpened(SnapshotId Id, Revision LastRevision) : ReplicationInput;

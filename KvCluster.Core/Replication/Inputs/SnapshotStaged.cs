using KvCluster.Core.State;

namespace KvCluster.Core.Replication.Inputs;

/// <summary>So many chunks of the snapshot lie on this server's disk, beside the live state.</summary>
public sealed record SnapshotStaged(SnapshotId Id, int Chunks) : ReplicationInput;

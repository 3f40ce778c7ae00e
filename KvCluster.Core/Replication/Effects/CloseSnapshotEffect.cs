using KvCluster.Core.State;

namespace KvCluster.Core.Replication.Effects;

/// <summary>The frozen view is no longer needed.</summary>
public sealed record CloseSnapshotEffect(SnapshotId Id) : ReplicationEffect;

using KvCluster.Core.State;

namespace KvCluster.Core.Replication.Effects;

/// <summary>Prepare to receive this snapshot; leftovers of another one go. The answer is <see cref="Inputs.SnapshotStaged"/>.</summary>
public sealed record BeginStagingEffect(SnapshotId Id) : ReplicationEffect;

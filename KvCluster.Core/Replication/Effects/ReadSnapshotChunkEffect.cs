using KvCluster.Core.State;

namespace KvCluster.Core.Replication.Effects;

/// <summary>Read one chunk; the answer is <see cref="Inputs.SnapshotChunkRead"/>.</summary>
public sealed record ReadSnapshotChunkEffect(SnapshotId Id, int Number, int BytesMax) : ReplicationEffect;

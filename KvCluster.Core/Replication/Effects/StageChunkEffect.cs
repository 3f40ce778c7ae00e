using KvCluster.Core.State;

namespace KvCluster.Core.Replication.Effects;

/// <summary>Put a chunk beside the live state; the answer is <see cref="Inputs.SnapshotStaged"/>.</summary>
public sealed record StageChunkEffect(SnapshotId Id, int Number, ReadOnlyMemory<byte> Chunk) : ReplicationEffect;

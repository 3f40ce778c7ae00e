using KvCluster.Core.State;

namespace KvCluster.Core.Replication.Inputs;

/// <summary>The answer to a read of a snapshot's chunk.</summary>
public sealed record SnapshotChunkRead(SnapshotId Id, int Number, ReadOnlyMemory<byte> Chunk, bool IsLast) : ReplicationInput;

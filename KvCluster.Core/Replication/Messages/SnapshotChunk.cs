using KvCluster.Core.State;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Messages;

/// <summary>One piece of a snapshot.</summary>
/// <param name="Checksum">CRC-32 (IEEE 802.3) of the chunk.</param>
public sealed record SnapshotChunk(Epoch Epoch, SnapshotId Id, int Number, bool IsLast, uint Checksum, ReadOnlyMemory<byte> Chunk) : PeerMessage(Epoch);

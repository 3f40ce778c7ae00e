using KvCluster.Protocol.Identity;

namespace KvCluster.Core.State;

/// <summary>Names one snapshot: whose state, at which entry, taken in which run.</summary>
/// <param name="Lineage">Lineage of the node.</param>
/// <param name="Epoch">Epoch of the last entry it contains.</param>
/// <param name="Index">Index of that entry.</param>
/// <param name="Source">Drawn when the snapshot was opened: two snapshots at one index cut their chunks differently.</param>
public readonly record struct SnapshotId(int Lineage, Epoch Epoch, LogIndex Index, Guid Source);

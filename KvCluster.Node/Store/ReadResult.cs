using KvCluster.Core.Replication;
using KvCluster.Core.State;

namespace KvCluster.Node.Store;

/// <summary>What a read found.</summary>
/// <param name="Value">Nothing when the key is absent or expired.</param>
/// <param name="FromMain">True when the main answered under its lease.</param>
/// <param name="StalenessMilliseconds">Upper bound for a replica's answer; none when it is not known.</param>
public readonly record struct ReadResult(Refusal Refusal, StoredValue? Value, bool FromMain, int? StalenessMilliseconds);

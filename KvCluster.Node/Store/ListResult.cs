using KvCluster.Core.Replication;
using KvCluster.Core.State;

namespace KvCluster.Node.Store;

/// <summary>A page of keys in byte order.</summary>
/// <param name="After">Where the next page begins (exclusive); null when this was the last.</param>
public readonly record struct ListResult(
    Refusal Refusal, IReadOnlyList<KeyValuePair<byte[], StoredValue>> Items, byte[]? After, bool FromMain, int? StalenessMilliseconds);

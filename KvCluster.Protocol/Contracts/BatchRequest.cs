using System.Collections.Immutable;

namespace KvCluster.Protocol.Contracts;

/// <summary><c>POST /kv/batch</c>, at most 1,000 operations.</summary>
public sealed record BatchRequest(ImmutableArray<BatchOperation> Operations);

using System.Collections.Immutable;

namespace KvCluster.Protocol.Contracts;

/// <summary>One result for each operation, in the same order.</summary>
public sealed record BatchAnswer(ImmutableArray<BatchResult> Results);

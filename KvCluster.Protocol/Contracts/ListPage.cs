using System.Collections.Immutable;

namespace KvCluster.Protocol.Contracts;

/// <summary>A page of <c>GET /kv</c>: keys of the answering node in byte order; <see cref="NextToken"/> asks for the next page.</summary>
public sealed record ListPage(ImmutableArray<ListedEntry> Items, string? NextToken);

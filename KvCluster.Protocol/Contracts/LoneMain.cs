using KvCluster.Protocol.Identity;

namespace KvCluster.Protocol.Contracts;

/// <summary>A server whose log reaches into an epoch of its node that nobody in reach remembers: its promotion was known to lost voters only.</summary>
public sealed record LoneMain(string Node, string Server, Epoch DataEpoch, Epoch KnownEpoch);

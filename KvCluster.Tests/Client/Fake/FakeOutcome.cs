using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Client.Fake;

/// <summary>What became of a write.</summary>
/// <param name="Stored">The key's value afterwards; none when it is absent.</param>
internal sealed record FakeOutcome(int Status, Revision Revision, FakeValue? Stored = null, string? Code = null, long? Number = null);

using KvCluster.Protocol.Identity;

namespace KvCluster.Core.State;

/// <summary>A key's value as readers see it.</summary>
/// <param name="ExpiresAt">Unix milliseconds; zero for never.</param>
public sealed record StoredValue(Revision Revision, string ContentType, long ExpiresAt, ReadOnlyMemory<byte> Bytes);

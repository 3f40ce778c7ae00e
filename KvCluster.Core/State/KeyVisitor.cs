namespace KvCluster.Core.State;

/// <param name="expiresAt">Unix milliseconds; zero for never.</param>
/// <returns>False when the visitor has seen enough.</returns>
public delegate bool KeyVisitor(ReadOnlySpan<byte> key, ReadOnlySpan<byte> contentType, long expiresAt);

using KvCluster.Protocol.Identity;

namespace KvCluster.Client;

/// <summary>How to read a key.</summary>
public sealed record KvReadOptions
{
    internal static readonly KvReadOptions Default = new();

    /// <summary>None: as the client's options say.</summary>
    public KvConsistency? Consistency { get; init; }

    /// <summary>Skip the value when the key still has this revision: <see cref="KvStatus.NotModified"/>.</summary>
    public Revision IfNoneMatch { get; init; }
}

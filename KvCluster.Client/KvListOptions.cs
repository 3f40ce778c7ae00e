namespace KvCluster.Client;

/// <summary>How to list keys.</summary>
public sealed record KvListOptions
{
    internal static readonly KvListOptions Default = new();

    /// <summary>Only keys that begin with these bytes.</summary>
    public ReadOnlyMemory<byte> Prefix { get; init; }

    /// <summary>Bring the values too.</summary>
    public bool Values { get; init; }

    /// <summary>Keys a page of one node has at most, 1 to 1,000. One page a node is held in memory, and the next one while it is on its way.</summary>
    public int PageSize { get; init; } = 500;
}

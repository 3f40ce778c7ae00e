namespace KvCluster.Client;

/// <summary>How to write a key.</summary>
public sealed record KvWriteOptions
{
    internal static readonly KvWriteOptions Default = new();

    /// <summary>Time to live, of a put only; none: for ever. A put without it removes an earlier one. Whole milliseconds, at most 3,650 days.</summary>
    public TimeSpan? Ttl { get; init; }

    public KvCondition Condition { get; init; }
}

namespace KvCluster.Core.Commands;

/// <summary>What a write does to a key's time to live. Relative times count from the entry's own revision, never from a local clock.</summary>
/// <param name="Milliseconds">A span for <see cref="ExpiryKind.After"/>, Unix milliseconds for <see cref="ExpiryKind.At"/>.</param>
public readonly record struct Expiry(ExpiryKind Kind, long Milliseconds)
{
    public static readonly Expiry Never;
    public static readonly Expiry Keep = new(ExpiryKind.Keep, 0);

    public static Expiry After(TimeSpan span) => new(ExpiryKind.After, (long)span.TotalMilliseconds);
    public static Expiry At(long unixMilliseconds) => new(ExpiryKind.At, unixMilliseconds);
}

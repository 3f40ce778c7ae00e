using System.Globalization;
using Microsoft.Extensions.Caching.Distributed;

namespace KvCluster.Client.Caching;

/// <summary>When a cache entry ends: by itself at a moment, or when nobody used it for a while, whichever is first.</summary>
/// <remarks>
/// The store knows only a time to live. What a sliding entry needs beyond that, its span and its last moment, stands in the
/// content type of its value, so the value itself stays as the program gave it.
/// </remarks>
internal readonly record struct CacheExpiry(TimeSpan? Sliding, DateTimeOffset? Absolute)
{
    private const string SlidingType = "application/vnd.kvcluster.cache";
    private static readonly TimeSpan TtlMax = TimeSpan.FromDays(3650);

    public string ContentType
    {
        get
        {
            if (Sliding is not { } sliding) return KvValue.BinaryContentType;
            var type = string.Create(CultureInfo.InvariantCulture, $"{SlidingType};sliding={(long)sliding.TotalMilliseconds}");
            return Absolute is { } absolute
                ? string.Create(CultureInfo.InvariantCulture, $"{type};absolute={absolute.ToUnixTimeMilliseconds()}")
                : type;
        }
    }

    public static CacheExpiry Of(DistributedCacheEntryOptions options, DateTimeOffset now)
    {
        var absolute = options.AbsoluteExpirationRelativeToNow is { } span ? Add(now, span) : options.AbsoluteExpiration;
        if (absolute <= now) throw new ArgumentOutOfRangeException(nameof(options), absolute, "The absolute expiration must lie in the future.");
        return new CacheExpiry(options.SlidingExpiration, absolute);
    }

    /// <summary>Reads what <see cref="ContentType"/> wrote; an entry of any other type does not slide.</summary>
    public static CacheExpiry Parse(string contentType)
    {
        var parts = contentType.Split(';', StringSplitOptions.TrimEntries);
        if (parts[0] != SlidingType) return default;
        var sliding = Number(parts, "sliding=");
        var absolute = Number(parts, "absolute=");
        return new CacheExpiry(
            sliding is { } span ? TimeSpan.FromMilliseconds(span) : null,
            absolute is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null);
    }

    /// <summary>The time to live from now on; none: for ever. Zero or less: it has ended.</summary>
    /// <remarks>
    /// A sliding entry gets a tenth more than its span, so that a use within that tenth need not write: it lives at least its
    /// span after the last use, and at most a tenth longer.
    /// </remarks>
    public TimeSpan? TtlFrom(DateTimeOffset now)
    {
        TimeSpan? untilAbsolute = Absolute - now;
        var slide = Sliding * 1.1;
        var ttl = slide is null || untilAbsolute < slide ? untilAbsolute : slide;
        return ttl > TtlMax ? TtlMax : ttl;
    }

    /// <summary>A use now has to lengthen the life of an entry that ends at this moment.</summary>
    public bool HasToSlide(DateTimeOffset? expiresAt, DateTimeOffset now) =>
        Sliding is { } sliding && expiresAt - now < sliding && (Absolute is not { } absolute || expiresAt < absolute);

    private static DateTimeOffset Add(DateTimeOffset now, TimeSpan span) => span > DateTimeOffset.MaxValue - now ? DateTimeOffset.MaxValue : now + span;

    private static long? Number(string[] parts, string name)
    {
        var part = Array.Find(parts, part => part.StartsWith(name, StringComparison.Ordinal));
        return part is not null && long.TryParse(part.AsSpan(name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}

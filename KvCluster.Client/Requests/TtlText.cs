using System.Globalization;

namespace KvCluster.Client.Requests;

/// <summary>Times to live as the HTTP API writes them.</summary>
internal static class TtlText
{
    public static string Of(TimeSpan ttl)
    {
        var milliseconds = (long)Math.Ceiling(ttl.TotalMilliseconds);
        if (milliseconds < 1) throw new ArgumentOutOfRangeException(nameof(ttl), ttl, "A time to live is at least one millisecond.");
        return string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");
    }
}

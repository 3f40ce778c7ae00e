using System.Globalization;
using System.Net;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;

namespace KvCluster.Client.Http;

/// <summary>A whole response, read into memory.</summary>
internal sealed class StoreAnswer
{
    public required HttpStatusCode Status { get; init; }
    public ReadOnlyMemory<byte> Body { get; init; }
    public string ContentType { get; init; } = "";
    public Revision Revision { get; init; }
    public KvSource Source { get; init; }
    public TimeSpan? Staleness { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
    public int Copies { get; init; }
    public long TopologyVersion { get; init; }

    /// <summary>Zero while the register was never restored.</summary>
    public int TopologyLineage { get; init; }

    /// <summary>The Date header, read only where it is needed.</summary>
    public string? DateText { get; init; }

    /// <summary>The server's clock, whole seconds.</summary>
    public DateTimeOffset? Date =>
        DateTimeOffset.TryParseExact(DateText, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed) ? parsed : null;

    public Uri? Location { get; init; }
    public TimeSpan? RetryAfter { get; init; }
    public KvProblem? Problem { get; init; }

    public bool IsSuccess => (int)Status is >= 200 and < 300;
}

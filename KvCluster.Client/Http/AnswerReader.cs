using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using KvCluster.Protocol.Http;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;

namespace KvCluster.Client.Http;

/// <summary>Reads a response into a <see cref="StoreAnswer"/>.</summary>
internal static class AnswerReader
{
    /// <summary>More than any page, batch or value that a server sends; what is longer did not come from one.</summary>
    private const int BodyBytesMax = 256 * 1024 * 1024;

    public static async ValueTask<StoreAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await ReadBodyAsync(response.Content, cancellationToken).ConfigureAwait(false);
        var headers = response.Headers.NonValidated;
        var contentType = Text(response.Content.Headers.NonValidated, "Content-Type") ?? "";
        var isProblem = (int)response.StatusCode >= 400 && contentType.StartsWith("application/problem+json", StringComparison.OrdinalIgnoreCase);
        return new StoreAnswer
        {
            Status = response.StatusCode,
            Body = body,
            ContentType = contentType,
            Revision = ParseTag(Text(headers, "ETag")),
            Source = Text(headers, KvHeaders.Source) == "replica" ? KvSource.Replica : KvSource.Main,
            Staleness = Number(headers, KvHeaders.StalenessMilliseconds) is { } staleness ? TimeSpan.FromMilliseconds(staleness) : null,
            ExpiresAt = Number(headers, KvHeaders.ExpiresAt) is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null,
            Copies = (int)(Number(headers, KvHeaders.Copies) ?? 0),
            TopologyVersion = Number(headers, KvHeaders.TopologyVersion) ?? 0,
            TopologyLineage = (int)(Number(headers, KvHeaders.TopologyLineage) ?? 0),
            DateText = Text(headers, "Date"),
            Location = (int)response.StatusCode is 307 or 308 ? response.Headers.Location : null,
            RetryAfter = Number(headers, "Retry-After") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Problem = isProblem ? ParseProblem(body) : null,
        };
    }

    private static async ValueTask<byte[]> ReadBodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength is not { } length) return await ReadUnknownLengthAsync(content, cancellationToken).ConfigureAwait(false);
        if (length == 0) return [];
        if (length > BodyBytesMax) throw new HttpRequestException(HttpRequestError.ConfigurationLimitExceeded, "The response is too long.");
        var body = GC.AllocateUninitializedArray<byte>((int)length);
        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            await stream.ReadExactlyAsync(body, cancellationToken).ConfigureAwait(false);
        }

        return body;
    }

    private static async ValueTask<byte[]> ReadUnknownLengthAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await content.LoadIntoBufferAsync(BodyBytesMax, cancellationToken).ConfigureAwait(false);
        return await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    private static KvProblem? ParseProblem(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, KvJson.Default.KvProblem);
        }
        catch (JsonException)
        {
            // Some other program answered in the server's name; the status alone has to do.
            return null;
        }
    }

    private static Revision ParseTag(string? tag) =>
        tag is ['"', .. var inner, '"'] && Revision.TryParse(inner, out var revision) ? revision : Revision.None;

    private static long? Number(HttpHeadersNonValidated headers, string name) =>
        long.TryParse(Text(headers, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Text(HttpHeadersNonValidated headers, string name) =>
        headers.TryGetValues(name, out var values) && values.Count > 0 ? values.ToString() : null;
}

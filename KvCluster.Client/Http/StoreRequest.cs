using KvCluster.Protocol.Http;

namespace KvCluster.Client.Http;

/// <summary>One request as it would be sent to whichever server is right; a retry sends the same once more.</summary>
internal sealed class StoreRequest
{
    // Without this the Uri class would resolve the dots of a key such as "a/../b".
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public required HttpMethod Method { get; init; }

    /// <summary>Name of the call in traces.</summary>
    public required string Operation { get; init; }

    /// <summary>Path and query, escaped; a consistency option is added for each attempt.</summary>
    public required string Target { get; init; }

    public ReadOnlyMemory<byte>? Body { get; init; }
    public string? ContentType { get; init; }
    public string? IfMatch { get; init; }
    public string? IfNoneMatch { get; init; }

    public HttpRequestMessage ToMessage(StoreServer server, string? consistency, string? idempotencyKey)
    {
        var target = consistency is null ? Target : Target + (Target.Contains('?') ? '&' : '?') + "consistency=" + consistency;
        var message = new HttpRequestMessage(Method, new Uri(server.Base + target, Verbatim));
        if (IfMatch is not null) message.Headers.TryAddWithoutValidation("If-Match", IfMatch);
        if (IfNoneMatch is not null) message.Headers.TryAddWithoutValidation("If-None-Match", IfNoneMatch);
        if (idempotencyKey is not null) message.Headers.TryAddWithoutValidation(KvHeaders.IdempotencyKey, idempotencyKey);
        if (Body is not { } body) return message;
        message.Content = new ReadOnlyMemoryContent(body);
        if (ContentType is not null) message.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        return message;
    }
}

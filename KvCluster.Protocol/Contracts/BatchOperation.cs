namespace KvCluster.Protocol.Contracts;

/// <summary>One operation of <c>POST /kv/batch</c>; each is decided for itself, the batch is no transaction.</summary>
public sealed record BatchOperation
{
    /// <summary><c>get</c>, <c>put</c>, <c>delete</c>, <c>increment</c>, <c>merge-patch</c> or <c>json-patch</c>.</summary>
    public required string Op { get; init; }
    public string? Key { get; init; }
    public byte[]? KeyBase64 { get; init; }

    /// <summary>The value or the patch document as text.</summary>
    public string? Value { get; init; }
    public byte[]? ValueBase64 { get; init; }
    public string? ContentType { get; init; }

    /// <summary>As in the query of a PUT: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>12h</c>, <c>7d</c>.</summary>
    public string? Ttl { get; init; }
    public string? IfMatch { get; init; }
    public string? IfNoneMatch { get; init; }
    public long? By { get; init; }
    public string? IdempotencyKey { get; init; }
}

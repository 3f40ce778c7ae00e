using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KvCluster.Protocol.Identity;

namespace KvCluster.Client;

/// <summary>The answer to a read.</summary>
public sealed class KvReadResult
{
    /// <summary><see cref="KvStatus.Found"/>, <see cref="KvStatus.NotFound"/> or <see cref="KvStatus.NotModified"/>.</summary>
    public required KvStatus Status { get; init; }

    public bool Found => Status == KvStatus.Found;

    /// <summary>The bytes as stored; empty unless found.</summary>
    public ReadOnlyMemory<byte> Value { get; init; }

    public string ContentType { get; init; } = "";

    /// <summary>Of the key's last write; none when the key does not exist.</summary>
    public Revision Revision { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Who answered.</summary>
    public KvSource Source { get; init; }

    /// <summary>By how much the answer may be behind; zero from a main, none when a replica could not tell.</summary>
    public TimeSpan? Staleness { get; init; }

    /// <summary>The value as UTF-8 text.</summary>
    public string Text => Encoding.UTF8.GetString(Value.Span);

    public T? Json<T>(JsonTypeInfo<T> typeInfo) => Found ? JsonSerializer.Deserialize(Value.Span, typeInfo) : default;

    [RequiresUnreferencedCode(JsonReflection.Reason)]
    [RequiresDynamicCode(JsonReflection.Reason)]
    public T? Json<T>() => Found ? JsonSerializer.Deserialize<T>(Value.Span, JsonReflection.Options) : default;
}

using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace KvCluster.Client;

/// <summary>What is to be stored: bytes and their media type. The store keeps both exactly as given.</summary>
public readonly struct KvValue(ReadOnlyMemory<byte> bytes, string? contentType = null)
{
    public const int BytesMax = 16 * 1024 * 1024;
    public const string JsonContentType = "application/json";
    public const string TextContentType = "text/plain; charset=utf-8";
    public const string BinaryContentType = "application/octet-stream";

    private readonly string? _contentType = contentType;

    public ReadOnlyMemory<byte> Bytes { get; } = bytes;
    public string ContentType => _contentType ?? BinaryContentType;

    public static KvValue Text(string text) => new(Encoding.UTF8.GetBytes(text), TextContentType);

    /// <param name="json">A JSON text; it is stored byte for byte.</param>
    public static KvValue Json(string json) => new(Encoding.UTF8.GetBytes(json), JsonContentType);

    public static KvValue Json(ReadOnlyMemory<byte> utf8Json) => new(utf8Json, JsonContentType);

    public static KvValue Json<T>(T value, JsonTypeInfo<T> typeInfo) => new(JsonSerializer.SerializeToUtf8Bytes(value, typeInfo), JsonContentType);

    [RequiresUnreferencedCode(JsonReflection.Reason)]
    [RequiresDynamicCode(JsonReflection.Reason)]
    public static KvValue Json<T>(T value) => new(JsonSerializer.SerializeToUtf8Bytes(value, JsonReflection.Options), JsonContentType);

    public static KvValue FromString(string text) => Text(text);
    public static KvValue FromBytes(byte[] bytes) => new(bytes);
    public static implicit operator KvValue(string text) => Text(text);
    public static implicit operator KvValue(byte[] bytes) => new(bytes);
    public static implicit operator KvValue(ReadOnlyMemory<byte> bytes) => new(bytes);
}

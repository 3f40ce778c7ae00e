using System.Buffers;
using System.Globalization;
using System.Text;
using KvCluster.Client.Http;
using KvCluster.Protocol.Problems;

namespace KvCluster.Client.Requests;

/// <summary>Puts calls into the words of the HTTP API.</summary>
internal static class RequestFactory
{
    public static StoreRequest Get(KvKey key, KvReadOptions options) => new()
    {
        Operation = "get",
        Method = HttpMethod.Get,
        Target = TargetOf(key),
        IfNoneMatch = options.IfNoneMatch.IsNone ? null : $"\"{options.IfNoneMatch}\"",
    };

    public static StoreRequest Put(KvKey key, KvValue value, KvWriteOptions options)
    {
        ThrowIfTooLarge(value.Bytes.Length);
        return new()
        {
            Operation = "put",
            Method = HttpMethod.Put,
            Target = options.Ttl is { } ttl ? TargetOf(key) + "?ttl=" + TtlText.Of(ttl) : TargetOf(key),
            Body = value.Bytes,
            ContentType = value.ContentType,
            IfMatch = options.Condition.IfMatch,
            IfNoneMatch = options.Condition.IfNoneMatch,
        };
    }

    public static StoreRequest Patch(KvKey key, KvPatch patch, KvWriteOptions options) => new()
    {
        Operation = "patch",
        Method = HttpMethod.Patch,
        Target = TargetOf(key),
        Body = patch.Document,
        ContentType = patch.ContentType,
        IfMatch = options.Condition.IfMatch,
        IfNoneMatch = options.Condition.IfNoneMatch,
    };

    public static StoreRequest Delete(KvKey key, KvWriteOptions options) => new()
    {
        Operation = "delete",
        Method = HttpMethod.Delete,
        Target = TargetOf(key),
        IfMatch = options.Condition.IfMatch,
        IfNoneMatch = options.Condition.IfNoneMatch,
    };

    public static StoreRequest Increment(KvKey key, long by) => new()
    {
        Operation = "increment",
        Method = HttpMethod.Post,
        Target = string.Create(CultureInfo.InvariantCulture, $"{TargetOf(key)}/increment?by={by}"),
    };

    public static StoreRequest List(KvListOptions options, string? token)
    {
        var target = string.Create(CultureInfo.InvariantCulture, $"/kv?prefix={KeyEscaper.Escape(TextPart(options.Prefix.Span))}&limit={options.PageSize}");
        if (options.Values) target += "&values=true";
        if (token is not null) target += "&token=" + Uri.EscapeDataString(token);
        return new() { Operation = "list", Method = HttpMethod.Get, Target = target };
    }

    public static StoreRequest Batch(ReadOnlyMemory<byte> body) => new()
    {
        Operation = "batch",
        Method = HttpMethod.Post,
        Target = "/kv/batch",
        Body = body,
        ContentType = KvValue.JsonContentType,
    };

    /// <summary>
    /// The longest beginning of a prefix that is UTF-8: a query option is text, so a server cannot be asked for other bytes.
    /// The listing leaves out what does not begin with the rest.
    /// </summary>
    public static ReadOnlySpan<byte> TextPart(ReadOnlySpan<byte> prefix)
    {
        var length = 0;
        while (Rune.DecodeFromUtf8(prefix[length..], out _, out var consumed) == OperationStatus.Done) length += consumed;
        return prefix[..length];
    }

    private static string TargetOf(KvKey key) => "/kv/" + KeyEscaper.Escape(key.Span);

    /// <summary>Refused here already: a server would refuse it after the client had sent a part of it.</summary>
    private static void ThrowIfTooLarge(int length)
    {
        if (length <= KvValue.BytesMax) return;
        throw new KvRequestException($"A value has at most {KvValue.BytesMax} bytes, this one {length}.") { Code = ProblemCode.ValueTooLarge };
    }
}

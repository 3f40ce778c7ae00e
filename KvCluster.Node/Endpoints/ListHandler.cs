using System.Text;
using System.Text.Json;
using KvCluster.Core.Replication;
using KvCluster.Core.State;
using KvCluster.Node.Store;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Http;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;

namespace KvCluster.Node.Endpoints;

/// <summary><c>GET /kv</c>: this node's keys in byte order, page by page.</summary>
internal sealed class ListHandler(ReplicatedStore store)
{
    private const int LimitMax = 1_000;
    private const int PageBytesMax = 4 << 20;
    private static readonly UTF8Encoding Strict = new(false, true);

    public async Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        RequestText.Only(query, "prefix", "limit", "token", "values", "consistency");
        var prefix = RequestText.Bytes(context.Request, "prefix");
        if (prefix.Length > KeyTarget.KeyBytesMax) throw new RequestProblem(400, ProblemCode.KeyTooLong, "A prefix is no longer than a key.");
        var limit = (int)RequestText.Number(RequestText.Option(query, "limit"), "limit", 100, 1, LimitMax);
        var withValues = RequestText.Option(query, "values") switch
        {
            null or "false" => false,
            "true" => true,
            var other => throw new RequestProblem(400, ProblemCode.QueryInvalid, $"values is true or false, not '{other}'."),
        };
        var after = ReadToken(RequestText.Option(query, "token"), prefix);
        var consistency = RequestText.Consistency(RequestText.Option(query, "consistency"));

        // A page may have to come from the disk.
        await Task.Yield();
        var result = await store.ListAsync(prefix, after, limit, PageBytesMax, withValues, consistency, context.RequestAborted);
        if (result.Refusal != Refusal.None) throw Answers.Of(result.Refusal);
        var items = result.Items.Select(item => Describe(item.Key, item.Value, withValues));
        var page = new ListPage([.. items], result.After is { } next ? Convert.ToHexStringLower(next) : null);
        context.Response.Headers[KvHeaders.Source] = result.FromMain ? "main" : "replica";
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(context.Response.Body, page, KvJson.Default.ListPage, context.RequestAborted);
    }

    private static byte[] ReadToken(string? token, byte[] prefix)
    {
        if (token is null) return [];
        try
        {
            var after = Convert.FromHexString(token);
            if (after.Length is > 0 and <= KeyTarget.KeyBytesMax && after.AsSpan().StartsWith(prefix)) return after;
        }
        catch (FormatException)
        {
            // Told below: it is no token whatever is wrong with it.
        }

        throw new RequestProblem(400, ProblemCode.TokenInvalid, "The token is not one that a page with this prefix gave.");
    }

    private static ListedEntry Describe(byte[] key, StoredValue value, bool withValue)
    {
        var (keyText, keyBytes) = Text(key);
        var (valueText, valueBytes) = withValue ? Text(value.Bytes.ToArray()) : default;
        return new ListedEntry
        {
            Key = keyText,
            KeyBase64 = keyBytes,
            Revision = value.Revision,
            ContentType = value.ContentType,
            ExpiresAt = value.ExpiresAt == 0 ? null : value.ExpiresAt,
            Value = valueText,
            ValueBase64 = valueBytes,
        };
    }

    /// <summary>Text when the bytes are valid UTF-8, else the bytes themselves, which JSON shows as Base64.</summary>
    public static (string? Text, byte[]? Bytes) Text(byte[] bytes)
    {
        try
        {
            return (Strict.GetString(bytes), null);
        }
        catch (DecoderFallbackException)
        {
            return (null, bytes);
        }
    }
}

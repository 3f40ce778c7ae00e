using System.Globalization;
using System.IO.Hashing;
using System.Text;
using KvCluster.Core.Commands;
using KvCluster.Node.Store;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Requests;

namespace KvCluster.Node.Endpoints;

/// <summary>The small languages of headers and query options. Each refusal has its own code.</summary>
internal static class RequestText
{
    private static readonly TimeSpan TtlMax = TimeSpan.FromDays(3_650);

    public static Expiry Ttl(string? text)
    {
        if (text is null) return Expiry.Never;
        var unit = text.AsSpan().TrimStart("0123456789");
        var milliseconds = unit switch { "ms" => 1L, "s" => 1_000L, "m" => 60_000L, "h" => 3_600_000L, "d" => 86_400_000L, _ => 0L };
        var isNumber = long.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        if (milliseconds == 0 || !isNumber || number < 1 || number > (long)TtlMax.TotalMilliseconds / milliseconds)
            throw new RequestProblem(400, ProblemCode.TtlInvalid, $"'{text}' is no time to live: a whole number with ms, s, m, h or d, at most {TtlMax.TotalDays} days.");
        return new Expiry(ExpiryKind.After, number * milliseconds);
    }

    public static Condition Conditions(string? ifMatch, string? ifNoneMatch)
    {
        if (ifNoneMatch is not null)
        {
            if (ifNoneMatch != "*" || ifMatch is not null)
                throw new RequestProblem(400, ProblemCode.HeaderInvalid, "A write takes If-None-Match: * or one If-Match.");
            return Condition.Absent;
        }

        if (ifMatch is null) return Condition.None;
        return ifMatch == "*" ? Condition.Present : Condition.Match(ETag(ifMatch));
    }

    public static Revision ETag(string text) =>
        text.Length > 2 && text[0] == '"' && text[^1] == '"' && Revision.TryParse(text.AsSpan(1, text.Length - 2), out var revision)
            ? revision
            : throw new RequestProblem(400, ProblemCode.HeaderInvalid, $"{text} is no entity tag of this store: a decimal revision in double quotes.");

    /// <summary>The id of a write. An opaque key names it together with what the request does to which key.</summary>
    /// <remarks>So a short key that somebody uses for two keys of the store does not make the second write a repeat of the first.</remarks>
    public static RequestId IdempotencyKey(string? text, string operation, ReadOnlySpan<byte> key)
    {
        if (text is null) return RequestId.None;
        if (text.StartsWith("kv1.", StringComparison.Ordinal))
        {
            return RequestId.TryParse(text, out var id)
                ? id
                : throw new RequestProblem(400, ProblemCode.IdempotencyKeyInvalid, "A key that begins with kv1. is kv1.CLIENT.SEQUENCE.STAMP.FIRSTINCOMPLETE.");
        }

        if (text.Length is 0 or > 255 || text.Any(letter => letter is < '!' or > '~'))
            throw new RequestProblem(400, ProblemCode.IdempotencyKeyInvalid, "An Idempotency-Key has 1 to 255 visible ASCII characters.");
        var hash = new XxHash128();
        hash.Append(Encoding.ASCII.GetBytes($"{operation} {text} "));
        hash.Append(key);
        return new RequestId(hash.GetCurrentHashAsUInt128() | UInt128.One, 0, Revision.None, 0);
    }

    /// <summary>True when one of the tags of an <c>If-None-Match</c> is this one (RFC 9110, 13.1.2: compared weakly).</summary>
    public static bool Names(Microsoft.Extensions.Primitives.StringValues tags, string etag)
    {
        foreach (var line in tags)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                var tag = line.AsSpan(part).Trim();
                if (tag.StartsWith("W/")) tag = tag[2..];
                if (tag is "*" || tag.SequenceEqual(etag)) return true;
            }
        }

        return false;
    }

    /// <summary>An option whose bytes need not be text, such as a prefix.</summary>
    public static byte[] Bytes(HttpRequest request, string name)
    {
        foreach (var option in new Microsoft.AspNetCore.WebUtilities.QueryStringEnumerable(request.QueryString.Value))
            if (option.DecodeName().Span.SequenceEqual(name)) return KeyTarget.Decode(option.EncodedValue.Span.ToString().Replace('+', ' '));
        return [];
    }

    public static ReadConsistency Consistency(string? text)
    {
        if (text is null or "linearizable") return ReadConsistency.Linearizable;
        if (text == "replica") return ReadConsistency.Replica;
        const string Bounded = "bounded;ms=";
        if (text.StartsWith(Bounded, StringComparison.Ordinal) && int.TryParse(text.AsSpan(Bounded.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var bound))
            return new ReadConsistency(ReadConsistencyKind.Bounded, bound);
        throw new RequestProblem(400, ProblemCode.QueryInvalid, $"consistency is linearizable, replica or bounded;ms=N, not '{text}'.");
    }

    public static long Number(string? text, string option, long fallback, long min, long max)
    {
        if (text is null) return fallback;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new RequestProblem(400, ProblemCode.QueryInvalid, $"{option} must be a whole number from {min} to {max}, not '{text}'.");
    }

    /// <summary>Refuses options that the request does not know, so that a typing error never passes for a default.</summary>
    public static void Only(IQueryCollection query, params ReadOnlySpan<string> known)
    {
        if (query.Count == 0) return;
        foreach (var (option, values) in query)
            if (!known.Contains(option) || values.Count != 1)
                throw new RequestProblem(400, ProblemCode.QueryInvalid, known.Contains(option) ? $"The option '{option}' may be given once." : $"There is no option '{option}' here.");
    }

    public static string? Option(IQueryCollection query, string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;
}

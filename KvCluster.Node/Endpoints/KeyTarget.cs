using System.Globalization;
using System.Text;
using KvCluster.Protocol.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace KvCluster.Node.Endpoints;

/// <summary>The key that a request names, taken from the bytes of the request line: no normalisation may turn one key into another.</summary>
internal static class KeyTarget
{
    public const int KeyBytesMax = 1_024;
    private const string Path = "/kv/";
    private const string IncrementSuffix = "/increment";

    /// <exception cref="RequestProblem">Empty, too long or badly encoded.</exception>
    public static byte[] Read(HttpContext context, bool isIncrement = false)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.AsSpan();

        // The absolute form of a request target names scheme and host first (RFC 9112, 3.2.2).
        if (target.Length > 0 && target[0] != '/' && target.IndexOf("://") is var scheme and > 0)
        {
            var path = target[(scheme + 3)..].IndexOf('/');
            target = path < 0 ? "" : target[(scheme + 3 + path)..];
        }

        var query = target.IndexOf('?');
        if (query >= 0) target = target[..query];
        if (!target.StartsWith(Path)) throw new RequestProblem(400, ProblemCode.KeyInvalid, "The path must be /kv/ and the key.");
        target = target[Path.Length..];
        if (isIncrement)
        {
            // Looked for in the raw bytes: a key that itself ends so is written with %2F.
            if (!target.EndsWith(IncrementSuffix))
                throw new RequestProblem(405, ProblemCode.MethodNotAllowed, "POST on a key is only /kv/KEY/increment.") { Header = ("Allow", "GET, HEAD, PUT, PATCH, DELETE") };
            target = target[..^IncrementSuffix.Length];
        }

        return Check(Decode(target));
    }

    /// <exception cref="RequestProblem">Empty or too long.</exception>
    public static byte[] Check(byte[] key) =>
        key.Length == 0 ? throw new RequestProblem(400, ProblemCode.KeyInvalid, "A key has at least one byte.")
        : key.Length > KeyBytesMax ? throw new RequestProblem(400, ProblemCode.KeyTooLong, $"A key has at most {KeyBytesMax} bytes; this one has {key.Length}.")
        : key;

    /// <summary>Percent-decoding of any bytes (RFC 3986, 2.1).</summary>
    public static byte[] Decode(ReadOnlySpan<char> text)
    {
        if (!Ascii.IsValid(text)) throw new RequestProblem(400, ProblemCode.KeyInvalid, "Bytes beyond ASCII must be percent-encoded.");
        var bytes = new byte[Math.Max(0, text.Length - (2 * text.Count('%')))];
        if (bytes.Length < text.Count('%')) throw BadPercent();
        for (var (i, length) = (0, 0); i < text.Length; i++, length++)
        {
            if (text[i] != '%')
            {
                bytes[length] = (byte)text[i];
                continue;
            }

            if (i + 2 >= text.Length || !byte.TryParse(text.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[length])) throw BadPercent();
            i += 2;
        }

        return bytes;
    }

    private static RequestProblem BadPercent() => new(400, ProblemCode.KeyInvalid, "A percent sign must be followed by two hexadecimal digits.");
}

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
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                if (text[i] > 0x7F) throw new RequestProblem(400, ProblemCode.KeyInvalid, "Bytes beyond ASCII must be percent-encoded.");
                bytes[length++] = (byte)text[i];
                continue;
            }

            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                throw new RequestProblem(400, ProblemCode.KeyInvalid, "A percent sign must be followed by two hexadecimal digits.");
            bytes[length++] = (byte)((Convert.ToInt32(text[i + 1].ToString(), 16) << 4) | Convert.ToInt32(text[i + 2].ToString(), 16));
            i += 2;
        }

        return bytes.AsSpan(0, length).ToArray();
    }
}

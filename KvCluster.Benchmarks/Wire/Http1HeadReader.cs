using System.Buffers.Text;
using System.Text;
using KvCluster.Protocol.Http;

namespace KvCluster.Benchmarks.Wire;

/// <summary>Reads the head of an HTTP/1.1 answer (RFC 9112) without allocating anything.</summary>
internal static class Http1HeadReader
{
    public const int Chunked = -1;
    private const int StatusAt = 9;
    private static readonly byte[] CopiesName = Encoding.ASCII.GetBytes(KvHeaders.Copies);

    /// <param name="head">Status line and header lines, each with its line end, without the empty line.</param>
    /// <exception cref="ProtocolException">Not an HTTP/1.1 answer, or one whose body ends with the connection.</exception>
    public static Http1Answer Read(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head[StatusAt..], out int status, out var digits) || digits != 3)
            throw new ProtocolException("The server does not speak HTTP/1.1.");
        int? bodyBytes = status is 204 or 304 ? 0 : null;
        var copies = 0;
        var rest = head[(head.IndexOf((byte)'\n') + 1)..];
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = rest[..(end - 1)];
            if (TryValue(line, "Content-Length"u8, out var value))
                bodyBytes = Number(value);
            else if (TryValue(line, "Transfer-Encoding"u8, out value))
                bodyBytes = Ascii.EqualsIgnoreCase(value, "chunked"u8) ? Chunked : throw new ProtocolException("Unknown transfer encoding.");
            else if (TryValue(line, CopiesName, out value))
                copies = Number(value);
            rest = rest[(end + 1)..];
        }

        return new Http1Answer(status, bodyBytes ?? throw new ProtocolException("An answer without a length."), copies);
    }

    private static bool TryValue(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var matches = line.Length > name.Length && line[name.Length] == (byte)':' && Ascii.EqualsIgnoreCase(line[..name.Length], name);
        value = matches ? line[(name.Length + 1)..].Trim((byte)' ') : default;
        return matches;
    }

    private static int Number(ReadOnlySpan<byte> value) =>
        Utf8Parser.TryParse(value, out int number, out var digits) && digits == value.Length && number >= 0
            ? number
            : throw new ProtocolException("A header that should be a number is none.");
}

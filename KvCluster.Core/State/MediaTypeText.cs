using System.Text;

namespace KvCluster.Core.State;

/// <summary>Content types as text; the usual ones without a new string for each read.</summary>
internal static class MediaTypeText
{
    public const string Binary = "application/octet-stream";

    private static readonly (byte[] Bytes, string Text)[] Usual =
    [
        .. new[] { Binary, "application/json", "text/plain", "application/json; charset=utf-8", "text/plain; charset=utf-8" }
            .Select(text => (Encoding.ASCII.GetBytes(text), text)),
    ];

    public static string Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return Binary;
        foreach (var (usual, text) in Usual)
            if (bytes.SequenceEqual(usual)) return text;
        return Encoding.Latin1.GetString(bytes);
    }
}

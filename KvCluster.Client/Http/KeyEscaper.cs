using System.Buffers;
using System.Text;

namespace KvCluster.Client.Http;

/// <summary>Percent-encodes keys and other bytes for a URL.</summary>
internal static class KeyEscaper
{
    // A slash is encoded too: as it stands, a/../b would be taken for a relative path on the way.
    private static readonly SearchValues<byte> Unreserved = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"u8);

    public static string Escape(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.ContainsAnyExcept(Unreserved)) return Encoding.ASCII.GetString(bytes);
        var rented = ArrayPool<char>.Shared.Rent(bytes.Length * 3);
        try
        {
            var length = Escape(bytes, rented);
            return new string(rented, 0, length);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    private static int Escape(ReadOnlySpan<byte> bytes, Span<char> target)
    {
        const string digits = "0123456789ABCDEF";
        var length = 0;
        foreach (var value in bytes)
        {
            if (Unreserved.Contains(value))
            {
                target[length++] = (char)value;
                continue;
            }

            target[length++] = '%';
            target[length++] = digits[value >> 4];
            target[length++] = digits[value & 15];
        }

        return length;
    }
}

using System.Text;

namespace KvCluster.Benchmarks.Load;

/// <summary>Makes the bytes of a key of its number: <c>bench:0000000042</c>, 16 bytes each.</summary>
internal static class KeyNames
{
    public const int Bytes = 16;
    private const int Digits = 10;
    private static readonly byte[] Prefix = Encoding.ASCII.GetBytes("bench:");

    public static void Write(int key, Span<byte> destination)
    {
        Prefix.CopyTo(destination);
        for (var place = Prefix.Length + Digits - 1; place >= Prefix.Length; place--)
        {
            (key, var digit) = Math.DivRem(key, 10);
            destination[place] = (byte)('0' + digit);
        }
    }
}

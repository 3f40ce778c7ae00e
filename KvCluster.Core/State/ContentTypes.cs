using System.Text;

namespace KvCluster.Core.State;

/// <summary>Spares an allocation for the media types that nearly every value has.</summary>
internal static class ContentTypes
{
    private static readonly string[] Common =
        ["", "application/octet-stream", "application/json", "text/plain", "text/plain; charset=utf-8", "application/json; charset=utf-8"];

    public static string Intern(ReadOnlySpan<byte> ascii)
    {
        foreach (var common in Common)
            if (Ascii.Equals(ascii, common)) return common;
        return Encoding.ASCII.GetString(ascii);
    }
}

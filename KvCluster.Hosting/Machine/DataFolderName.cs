using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KvCluster.Hosting.Machine;

/// <summary>Names the data folder of whoever named none: after a folder of source, with a hash of its whole path to tell two of one name apart.</summary>
internal static class DataFolderName
{
    /// <param name="source">Absolute, such as the folder of the AppHost's project.</param>
    public static string Of(string source)
    {
        var folder = Path.TrimEndingDirectorySeparator(source);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)));
        return string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(folder)}-{hash[..8]}");
    }
}

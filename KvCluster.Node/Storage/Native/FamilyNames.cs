using System.Globalization;

namespace KvCluster.Node.Storage.Native;

/// <summary>Names of the column families. Data has a number: an installed snapshot is a new family.</summary>
internal static class FamilyNames
{
    public const string Meta = "meta";
    public const string DataPrefix = "data-";

    public static string Data(long number) => DataPrefix + number.ToString(CultureInfo.InvariantCulture);
}

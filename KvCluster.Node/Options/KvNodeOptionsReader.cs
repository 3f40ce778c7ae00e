using System.ComponentModel;
using System.Reflection;

namespace KvCluster.Node.Options;

/// <summary>
/// Fills the options from the configuration, member by member: a text that is no number, a word that does not exist and an option that
/// nobody knows are mistakes like any other, and all of them are told at once.
/// </summary>
internal static class KvNodeOptionsReader
{
    /// <returns>Every mistake as a sentence; none when the options can be used.</returns>
    public static IReadOnlyList<string> Read(IConfigurationSection section, KvNodeOptions options)
    {
        var mistakes = new List<string>();
        var unread = new List<string>();
        foreach (var given in section.GetChildren())
        {
            if (given.Value is not { } text) continue;
            if (Find(given.Key) is not { } member) mistakes.Add($"{KvNodeOptions.Section}:{given.Key} is no option of this server.");
            else if (!TrySet(options, member, text))
            {
                unread.Add($"{KvNodeOptions.Section}:{member.Name} ");
                mistakes.Add($"{KvNodeOptions.Section}:{member.Name} cannot be '{text}'; it must be {Expected(member.PropertyType)}.");
            }
        }

        // A member that could not be read has its default now, of which nobody wants to hear.
        var invalid = new KvNodeOptionsValidator().Validate(null, options).Failures ?? [];
        return [.. mistakes, .. invalid.Where(mistake => !unread.Any(member => mistake.StartsWith(member, StringComparison.Ordinal)))];
    }

    private static PropertyInfo? Find(string name) =>
        typeof(KvNodeOptions).GetProperties().FirstOrDefault(member => member.CanWrite && member.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static bool TrySet(KvNodeOptions options, PropertyInfo member, string text)
    {
        try
        {
            member.SetValue(options, TypeDescriptor.GetConverter(member.PropertyType).ConvertFromInvariantString(text));
            return true;
        }
        catch (Exception unreadable) when (unreadable is FormatException or ArgumentException)
        {
            return false;
        }
    }

    private static string Expected(Type type) =>
        type.IsEnum ? string.Join(" or ", Enum.GetNames(type)) : type == typeof(bool) ? "true or false" : "a whole number";
}

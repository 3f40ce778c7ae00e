using System.Globalization;

namespace KvCluster.Cli.Commands;

/// <summary>Times to live as people write them.</summary>
internal static class TtlOption
{
    /// <exception cref="UsageException">It is no time to live.</exception>
    public static TimeSpan? Parse(string? text)
    {
        if (text is null) return null;
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        TimeSpan? unit = text[digits..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(1),
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            "d" => TimeSpan.FromDays(1),
            _ => null,
        };
        if (unit is not null && int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
            return unit * number;
        throw new UsageException($"'{text}' is no time to live: a whole number above zero with ms, s, m, h or d.");
    }
}

using System.Globalization;

namespace KvCluster.Node.Replication;

/// <summary>When the log reaches the disk: with every group (the default), at an interval, or when the system likes.</summary>
/// <param name="IntervalMilliseconds">Zero: every group; negative: never.</param>
internal readonly record struct FsyncPolicy(int IntervalMilliseconds)
{
    public static readonly FsyncPolicy Always;
    public static readonly FsyncPolicy Never = new(-1);

    public bool IsAlways => IntervalMilliseconds == 0;

    public static bool TryParse(string text, out FsyncPolicy policy)
    {
        policy = Always;
        if (text.Equals("Always", StringComparison.OrdinalIgnoreCase)) return true;
        if (text.Equals("Never", StringComparison.OrdinalIgnoreCase))
        {
            policy = Never;
            return true;
        }

        if (!text.StartsWith("Interval:", StringComparison.OrdinalIgnoreCase)
            || !int.TryParse(text.AsSpan("Interval:".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            || milliseconds is < 1 or > 60_000) return false;
        policy = new FsyncPolicy(milliseconds);
        return true;
    }

    public static FsyncPolicy Parse(string text) =>
        TryParse(text, out var policy) ? policy : throw new FormatException($"'{text}' is no fsync policy.");

    public override string ToString() => IntervalMilliseconds switch
    {
        0 => "always",
        < 0 => "never",
        _ => string.Create(CultureInfo.InvariantCulture, $"interval:{IntervalMilliseconds}"),
    };
}

namespace KvCluster.Tests.Diagnostics;

/// <summary>The tables of docs/OPERATIONS.md.</summary>
internal static class OperationsPage
{
    private static readonly string Text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Diagnostics", "OPERATIONS.md"));

    /// <summary>The rows of the first table under a heading, without its head; each row as its cells, without back-ticks.</summary>
    public static IReadOnlyList<string[]> Table(string heading)
    {
        var lines = Text.Split('\n').SkipWhile(line => line != $"## {heading}").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal));
        var rows = lines.SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')).Skip(2);
        return [.. rows.Select(row => row.Trim().Trim('|').Split('|').Select(cell => cell.Trim().Replace("`", "", StringComparison.Ordinal)).ToArray())];
    }
}

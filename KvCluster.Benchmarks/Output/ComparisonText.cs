using System.Globalization;
using KvCluster.Benchmarks.Comparisons;
using KvCluster.Benchmarks.Load;

namespace KvCluster.Benchmarks.Output;

/// <summary>A comparison for people.</summary>
internal static class ComparisonText
{
    public static void Write(ComparisonResult result, TextWriter output)
    {
        foreach (var comparison in result.Comparisons)
        {
            output.WriteLine($"== {comparison.Name}");
            WriteRounds(comparison.Theirs, output);
            WriteRounds(comparison.Ours, output);
            output.WriteLine(Text($"ratio of the medians: {comparison.Ratio:0.00}"));
            output.WriteLine();
        }
    }

    private static void WriteRounds(IReadOnlyList<LoadReport> rounds, TextWriter output)
    {
        var perSecond = string.Join(", ", rounds.Select(round => Text($"{round.PerSecond:N0}")));
        output.WriteLine(Text($"{rounds[0].Target}: median {Comparison.Median(rounds):N0} a second (rounds: {perSecond}); its last round:"));
        LoadReportText.Write(rounds[^1], output);
        output.WriteLine();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

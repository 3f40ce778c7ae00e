using KvCluster.Benchmarks.Load;

namespace KvCluster.Benchmarks.Comparisons;

/// <summary>Two systems measured in turns in one run, so that both had the same machine.</summary>
/// <param name="Ours">The cluster's rounds.</param>
/// <param name="Theirs">The rounds of what it is compared with.</param>
/// <param name="Ratio">Median of ours, in operations a second, divided by the median of theirs.</param>
internal sealed record Comparison(string Name, IReadOnlyList<LoadReport> Ours, IReadOnlyList<LoadReport> Theirs, double Ratio)
{
    private static readonly TimeSpan RoundWarmUp = TimeSpan.FromSeconds(1);

    /// <summary>Warms both up, then measures them in turns.</summary>
    public static async Task<Comparison> RunAsync(
        string name, Contender ours, Contender theirs, LoadPlan plan, int rounds, CancellationToken cancellation)
    {
        Contender[] both = [theirs, ours];
        foreach (var contender in both)
            await LoadRun.RunAsync(contender.Target, plan with { WarmUp = TimeSpan.Zero, Duration = plan.WarmUp }, [], cancellation);
        var reports = both.ToDictionary(contender => contender, _ => new List<LoadReport>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var contender in both)
            {
                await Console.Error.WriteLineAsync($"{name}, round {round + 1} of {rounds}: {contender.Target.Name} ...");
                var seeded = plan with { WarmUp = RoundWarmUp, Seed = plan.Seed + (ulong)(round * plan.Threads) };
                reports[contender].Add(await LoadRun.RunAsync(contender.Target, seeded, contender.Processes, cancellation));
            }
        }

        return new Comparison(name, reports[ours], reports[theirs], Math.Round(Median(reports[ours]) / Median(reports[theirs]), 3));
    }

    public static double Median(IEnumerable<LoadReport> rounds)
    {
        double[] sorted = [.. rounds.Select(round => round.PerSecond).Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

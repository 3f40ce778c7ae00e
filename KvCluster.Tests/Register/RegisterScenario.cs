using KvCluster.Core.Register;

namespace KvCluster.Tests.Register;

/// <summary>What a seed is: which troubles are switched on, and how strong. Milliseconds throughout.</summary>
internal sealed record RegisterScenario
{
    public required int Servers { get; init; }
    public required int FirstVoters { get; init; }
    public required int[] VoterCounts { get; init; }
    public required double Loss { get; init; }
    public required double Duplicates { get; init; }
    public required double LateMessages { get; init; }
    public required int LatencyMax { get; init; }
    public required int LatenessMax { get; init; }
    public required int SyncMax { get; init; }
    public required int CrashEvery { get; init; }
    public required int PartitionEvery { get; init; }
    public required int WipesMax { get; init; }
    public required bool ServersLeave { get; init; }
    public required double VoterChanges { get; init; }
    public required double Abandons { get; init; }
    public required int ThinkMax { get; init; }
    public required int SilenceMilliseconds { get; init; }
    public required int RecentMax { get; init; }
    public required double Broadcasts { get; init; }
    public required int Milliseconds { get; init; }

    public static RegisterScenario Draw(Random random)
    {
        // One voter for ever is the disk of that voter: disks are lost only where a majority is left.
        var loses = random.Next(3) == 0;
        return new RegisterScenario
        {
            Servers = random.Next(4, 8),
            FirstVoters = loses || random.Next(2) == 0 ? 3 : 1,
            VoterCounts = loses ? [3] : random.Next(2) == 0 ? [1, 3] : [3, 5, 3],
            Loss = Pick(random, 0, 0.05, 0.25),
            Duplicates = Pick(random, 0, 0.1, 0.3),
            LateMessages = Pick(random, 0, 0.05, 0.2),
            LatencyMax = random.Next(2) == 0 ? 5 : 40,
            LatenessMax = random.Next(2) == 0 ? 400 : 3_000,
            SyncMax = random.Next(2) == 0 ? 2 : 30,
            CrashEvery = (int)Pick(random, 0, 400, 120),
            PartitionEvery = (int)Pick(random, 0, 800, 300),
            WipesMax = loses ? 1 : 0,
            ServersLeave = random.Next(2) == 0,
            VoterChanges = Pick(random, 0.1, 0.4, 0.9),
            Abandons = Pick(random, 0.02, 0.2, 0.5),
            ThinkMax = random.Next(2) == 0 ? 20 : 150,
            SilenceMilliseconds = random.Next(2) == 0 ? 30 : 120,
            RecentMax = random.Next(2) == 0 ? random.Next(1, 4) : 64,
            Broadcasts = Pick(random, 0, 0.2, 0.8),
            Milliseconds = 4_000,
        };
    }

    public RegisterOptions Options => new() { RecentMax = RecentMax, HandoverTriesMax = 5 };

    private static double Pick(Random random, params double[] values) => values[random.Next(values.Length)];
}

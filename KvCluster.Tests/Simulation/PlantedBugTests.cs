using KvCluster.Core.Replication;

namespace KvCluster.Tests.Simulation;

/// <summary>
/// The simulator's own test: with any one rule broken it must find a world in which an invariant breaks, among the first seeds of a
/// profile. The same world with the rule in force must be clean, so that it is the rule that was missed.
/// </summary>
public sealed class PlantedBugTests(ITestOutputHelper output)
{
    private const ulong SeedsMax = 1_000;

    // Under which profile a mistake shows soonest. Every other mistake shows in worlds of any kind.
    private static readonly Dictionary<PlantedBugs, WorldProfile> Profiles = new()
    {
        [PlantedBugs.UnknownReportedAsRefused] = WorldProfile.Reigns,
        [PlantedBugs.LostReplyTakenForNo] = WorldProfile.Snapshots,
        [PlantedBugs.CompleteStagingWaits] = WorldProfile.Snapshots,
        [PlantedBugs.SnapshotWithoutIdentity] = WorldProfile.ForcedPromotions,
        [PlantedBugs.FollowerAcceptsOldEpoch] = WorldProfile.LostTails,
        [PlantedBugs.JoinerIsNoLessor] = WorldProfile.RelaxedWrites,
        [PlantedBugs.HandOverWithoutRelease] = WorldProfile.Reigns,
        [PlantedBugs.ReadIgnoresReign] = WorldProfile.Reigns,
        [PlantedBugs.SupersededRunWaits] = WorldProfile.Restarts,
        [PlantedBugs.AcksOfOldEpochCount] = WorldProfile.LostTails,
        [PlantedBugs.MatchKeptAcrossEpochs] = WorldProfile.WipedDisks,
        [PlantedBugs.NoPromiseBeforeTakeover] = WorldProfile.LateMaster,
        [PlantedBugs.MainWithShortLogStays] = WorldProfile.OldDisks,
        [PlantedBugs.OldDiskKeepsItsPlace] = WorldProfile.OldDisks,
        [PlantedBugs.JoinerWaitsForIdleMain] = WorldProfile.SteadyLoad,
        [PlantedBugs.PromotedWhileInstalling] = WorldProfile.ForcedPromotions,
        [PlantedBugs.RemovalKeepsEpoch] = WorldProfile.Removals,
        [PlantedBugs.RemovalTakesTheVote] = WorldProfile.Removals,
        [PlantedBugs.FreshnessWithoutComparison] = WorldProfile.RelaxedWrites,
    };

    public static TheoryData<PlantedBugs> Bugs => [.. Enum.GetValues<PlantedBugs>().Where(bug => bug != PlantedBugs.None)];

    [Theory]
    [MemberData(nameof(Bugs))]
    public void Simulator_RuleBroken_FindsIt(PlantedBugs bug) => Find(bug, Profiles.GetValueOrDefault(bug, WorldProfile.Any));

    /// <summary>What is found under a master that never lies must be found where the servers decide themselves, too.</summary>
    [Theory]
    [InlineData(PlantedBugs.OldDiskKeepsItsPlace)]
    [InlineData(PlantedBugs.MainWithShortLogStays)]
    public void Simulator_RuleBrokenAmongRealMasters_FindsIt(PlantedBugs bug) => Find(bug, WorldProfile.OldDisksOfMasters);

    private void Find(PlantedBugs bug, WorldProfile profile)
    {
        for (ulong seed = 1; seed <= SeedsMax; seed++)
        {
            var plan = WorldPlan.Draw(seed, profile);
            if (ViolationIn(plan with { Bugs = bug }) is not { } violation) continue;
            output.WriteLine($"{bug}: seed {seed} of profile '{profile.Name}' breaks {violation.Message}");
            new SimWorld(plan).Run();
            return;
        }

        Assert.Fail($"{bug} stays unseen in {SeedsMax} worlds of profile '{profile.Name}'.");
    }

    private static InvariantViolation? ViolationIn(WorldPlan plan)
    {
        try
        {
            new SimWorld(plan).Run();
            return null;
        }
        catch (InvariantViolation violation)
        {
            return violation;
        }
        catch (InvalidOperationException)
        {
            // The core stopped by itself, as it should when its own state makes no sense; the search goes on for what an outsider sees.
            return null;
        }
    }
}

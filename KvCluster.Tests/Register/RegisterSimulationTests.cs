using System.Globalization;
using KvCluster.Core.Register;

namespace KvCluster.Tests.Register;

public sealed class RegisterSimulationTests
{
    private const int Seeds = 1_500;
    private const int SeedsForABug = 10_000;

    public static TheoryData<RegisterFaults> EveryFault => [.. Enum.GetValues<RegisterFaults>().Where(fault => fault != RegisterFaults.None)];

    [Fact]
    public void Promises_SurviveLossCrashesPartitionsWipedDisksAndChangesOfTheVoters()
    {
        var reached = new SortedSet<string>();
        foreach (var seed in SeedsToRun())
        {
            var run = new RegisterSimulation(seed, RegisterFaults.None).Run();
            if (run.Violation is not null) Assert.Fail(run.Report());
            reached.UnionWith(run.Reached);
        }

        if (Environment.GetEnvironmentVariable("KV_REGISTER_SEED") is not null) return;
        Assert.Superset(
            new HashSet<string>(
            [
                "read Read", "read Unavailable", "write Written", "write Conflict", "write Unknown", "write NotReady", "write Unavailable",
                "voters 1 to 3", "voters 3 to 1", "voters 3 to 3", "voters 3 to 5", "voters 5 to 3", "wiped disk",
            ]),
            reached);
    }

    [Theory]
    [MemberData(nameof(EveryFault))]
    public void BrokenRule_IsFound(RegisterFaults fault)
    {
        for (var seed = 1; seed <= SeedsForABug; seed++)
            if (new RegisterSimulation(seed, fault).Run().Violation is { } violation)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{fault}: seed {seed}: {violation}");
                return;
            }

        Assert.Fail($"{SeedsForABug} seeds did not find {fault}.");
    }

    [Fact]
    public void SameSeed_GivesTheSameTrace()
    {
        for (var seed = 1; seed <= 20; seed++)
            Assert.Equal(new RegisterSimulation(seed, RegisterFaults.None).Run().TraceDigest, new RegisterSimulation(seed, RegisterFaults.None).Run().TraceDigest);
    }

    private static IEnumerable<int> SeedsToRun() =>
        int.TryParse(Environment.GetEnvironmentVariable("KV_REGISTER_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? [seed]
            : Enumerable.Range(1, int.TryParse(Environment.GetEnvironmentVariable("KV_REGISTER_SEEDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var many) ? many : Seeds);
}

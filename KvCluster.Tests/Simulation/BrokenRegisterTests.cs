using KvCluster.Core.Register;

namespace KvCluster.Tests.Simulation;

/// <summary>
/// Where the servers decide themselves, a broken rule of the register must be found in the whole cluster too, and not only in the
/// register's own simulation, which is smaller and searches deeper.
/// </summary>
public sealed class BrokenRegisterTests(ITestOutputHelper output)
{
    private const ulong SeedsMax = 400;

    // These need thousands of changes of the voters, servers that leave for ever, or somebody who watches each vote: only the register's own simulation has them.
    private const RegisterFaults FoundThere =
        RegisterFaults.AdoptOwnDocument | RegisterFaults.ForgetEarlierAttempt | RegisterFaults.CloseNotTerminal | RegisterFaults.GuessConflict | RegisterFaults.LeaveEarly | RegisterFaults.NoCarry | RegisterFaults.ReadClosed;

    public static TheoryData<RegisterFaults> Faults => [.. Enum.GetValues<RegisterFaults>().Where(fault => fault != RegisterFaults.None && !FoundThere.HasFlag(fault))];

    [Theory]
    [MemberData(nameof(Faults))]
    public void Simulator_RegisterRuleBroken_FindsIt(RegisterFaults fault)
    {
        for (ulong seed = 1; seed <= SeedsMax; seed++)
        {
            var plan = WorldPlan.Draw(seed, fault == RegisterFaults.CloseUnready ? WorldProfile.OldDisksOfMasters : WorldProfile.Masters);
            if (ViolationIn(plan with { RegisterFaults = fault }) is not { } violation) continue;
            output.WriteLine($"{fault}: seed {seed} breaks {violation.Message}");
            new SimWorld(plan).Run();
            return;
        }

        Assert.Fail($"{fault} stays unseen in {SeedsMax} worlds.");
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
    }
}

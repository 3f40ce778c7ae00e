using System.Collections.Concurrent;
using System.Globalization;

namespace KvCluster.Tests.Simulation;

/// <summary>
/// Worlds with every fault, one for each seed. <c>KVCLUSTER_SIM_SEEDS</c> says how many (default 300), <c>KVCLUSTER_SIM_SEED</c> replays one,
/// <c>KVCLUSTER_SIM_PROFILE</c> gives all of them one shape.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int SeedsByDefault = 300;
    private const ulong SeedsOfALongRun = 5_000;
    private const int Threads = 2;
    private static readonly ulong? Only = Number("KVCLUSTER_SIM_SEED");
    private static readonly WorldProfile? Profile = Environment.GetEnvironmentVariable("KVCLUSTER_SIM_PROFILE") is { Length: > 0 } name ? WorldProfile.Named(name) : null;
    private static readonly ulong Seeds = Number("KVCLUSTER_SIM_SEEDS") ?? SeedsByDefault;

    [Fact]
    public void EveryInvariantHolds_InEveryWorld()
    {
        var failures = new ConcurrentQueue<string>();
        var total = new Sightings();
        var first = Only ?? 1;
        var last = Only ?? Seeds;
        Parallel.For((long)first, (long)last + 1, new ParallelOptions { MaxDegreeOfParallelism = Threads }, (seed, loop) =>
        {
            var (world, failure) = Run((ulong)seed, Profile);
            if (failure is not null)
            {
                failures.Enqueue(failure);
                loop.Stop();
            }

            lock (total) total.Add(world.Sightings);
        });
        output.WriteLine(total.ToString() ?? "");
        Assert.True(failures.IsEmpty, string.Join("\n", failures));
        if (Profile is null && last - first >= SeedsOfALongRun - 1) Assert.Empty(total.Missing);
    }

    // With every profile in turn this takes some hundred worlds; a run of thousands asserts it for its own seeds as well.
    [Fact]
    public void EveryRareState_IsReached()
    {
        const ulong seedsMax = 400;
        var total = new Sightings();
        for (ulong seed = 1; seed <= seedsMax && total.Missing.Count > 0; seed++)
        {
            foreach (var profile in WorldProfile.All)
            {
                var (world, failure) = Run(seed, profile);
                Assert.True(failure is null, failure);
                total.Add(world.Sightings);
            }
        }

        output.WriteLine(total.ToString() ?? "");
        Assert.Empty(total.Missing);
    }

    [Fact]
    public void SameSeed_GivesTheSameTrace()
    {
        for (ulong seed = 1; seed <= 5; seed++) Assert.Equal(TraceOf(seed), TraceOf(seed));
    }

    private static string TraceOf(ulong seed)
    {
        var world = new SimWorld(WorldPlan.Draw(seed), 1_000_000);
        world.Run();
        return $"{world.EventCount} events until {world.Now}\n{world.Trace.Tail()}";
    }

    private static (SimWorld World, string? Failure) Run(ulong seed, WorldProfile? profile)
    {
        var world = new SimWorld(profile is null ? WorldPlan.Draw(seed) : WorldPlan.Draw(seed, profile));
        try
        {
            world.Run();
            return (world, null);
        }
        catch (Exception broken)
        {
            return (world, $"""
                Seed {seed}{(profile is null ? "" : $", profile '{profile.Name}'")}: {(broken is InvariantViolation ? broken.Message : broken.ToString())}
                {world.Plan.Nodes} nodes, {world.Plan.Mode}, faults {world.Plan.Faults}, at {world.Now / 1e6:0.000} s
                {world.Trace.Tail()}
                Replay: KVCLUSTER_SIM_SEED={seed} {(profile is null ? "" : $"KVCLUSTER_SIM_PROFILE='{profile.Name}' ")}dotnet test KvCluster.Tests --filter {nameof(EveryInvariantHolds_InEveryWorld)}
                """);
        }
    }

    private static ulong? Number(string variable) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

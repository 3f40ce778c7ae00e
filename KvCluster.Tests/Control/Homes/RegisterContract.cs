using KvCluster.Core.Master;
using KvCluster.Core.Register;
using KvCluster.Node.Control;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Control.Homes;

/// <summary>What every home of the topology promises, wherever it is.</summary>
public abstract class RegisterContract
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected abstract Task<RegisterHomeUnderTest> StartAsync();

    [Fact]
    public async Task Read_BeforeTheFirstDocument_FindsNothing()
    {
        await using var home = await StartAsync();
        Assert.Null(await home.Of(0).ReadAsync(Cancellation));
    }

    [Fact]
    public async Task CompareAndSet_FirstDocument_IsWrittenOnce()
    {
        await using var home = await StartAsync();
        var first = home.First();
        Assert.Equal(RegisterOutcome.Written, await home.Of(0).OutcomeAsync(0, first, Cancellation));
        Assert.Equal(RegisterOutcome.Conflict, await home.Of(0).OutcomeAsync(0, home.First(), Cancellation));
        var settled = await home.SettleAsync(first);
        Assert.Equal((settled.Version, first.ClusterId), Seen(await home.Of(0).ReadAsync(Cancellation)));
    }

    [Fact]
    public async Task CompareAndSet_NextDocument_IsSeenByEveryServer()
    {
        await using var home = await StartAsync();
        var next = RegisterHomeUnderTest.Next(await home.FoundAsync());
        Assert.Equal(RegisterOutcome.Written, await home.Of(1).OutcomeAsync(next.Version - 1, next, Cancellation));
        for (var server = 0; server < RegisterHomeUnderTest.Servers; server++)
            Assert.Equal((next.Version, next.NextMigrationId), Counted(await home.Of(server).ReadAsync(Cancellation)));
    }

    [Fact]
    public async Task CompareAndSet_StaleVersion_ChangesNothing()
    {
        await using var home = await StartAsync();
        var settled = await home.FoundAsync();
        var next = RegisterHomeUnderTest.Next(settled);
        Assert.Equal(RegisterOutcome.Written, await home.Of(0).OutcomeAsync(settled.Version, next, Cancellation));
        Assert.Equal(RegisterOutcome.Conflict, await home.Of(0).OutcomeAsync(settled.Version, RegisterHomeUnderTest.Next(settled), Cancellation));
        Assert.True((await home.Of(0).ReadAsync(Cancellation))!.WasMadeBy(next.Recent[^1].RequestId));
    }

    [Fact]
    public async Task CompareAndSet_SameRequestAgain_IsItsOwnSuccess()
    {
        await using var home = await StartAsync();
        var settled = await home.FoundAsync();
        var next = RegisterHomeUnderTest.Next(settled);
        Assert.Equal(RegisterOutcome.Written, await home.Of(0).OutcomeAsync(settled.Version, next, Cancellation));
        Assert.Equal(RegisterOutcome.Written, await home.Of(0).OutcomeAsync(settled.Version, next, Cancellation));
        Assert.Equal(next.Version, (await home.Of(0).ReadAsync(Cancellation))!.Version);
    }

    [Fact]
    public async Task CompareAndSet_SameRequestWithAnotherDocument_NamesTheOneThatWasDecided()
    {
        await using var home = await StartAsync();
        var settled = await home.FoundAsync();
        var next = RegisterHomeUnderTest.Next(settled);
        Assert.Equal(RegisterOutcome.Written, await home.Of(0).OutcomeAsync(settled.Version, next, Cancellation));

        var other = next with { NextMigrationId = next.NextMigrationId + 100 };
        var repeated = await home.Of(1).CompareAndSetAsync(settled.Version, other, Cancellation);

        Assert.Equal((RegisterOutcome.Written, next.NextMigrationId), (repeated.Outcome, repeated.Decided!.NextMigrationId));
        Assert.Equal(Counted(next), Counted(await home.Of(2).ReadAsync(Cancellation)));
    }

    [Fact]
    public async Task CompareAndSet_SameRequestAfterANewerOne_NamesTheNewest()
    {
        await using var home = await StartAsync();
        var settled = await home.FoundAsync();
        var next = RegisterHomeUnderTest.Next(settled);
        var newest = RegisterHomeUnderTest.Next(next);
        Assert.Equal(RegisterOutcome.Written, await home.Of(0).OutcomeAsync(settled.Version, next, Cancellation));
        Assert.Equal(RegisterOutcome.Written, await home.Of(1).OutcomeAsync(next.Version, newest, Cancellation));

        var repeated = await home.Of(0).CompareAndSetAsync(settled.Version, next, Cancellation);
        Assert.Equal((RegisterOutcome.Written, newest.Version), (repeated.Outcome, repeated.Decided!.Version));

        // The same id at another version is another request, and that one was not made by it.
        var elsewhere = newest with { Recent = [.. next.Recent, new RecentChange(newest.Version, next.Recent[^1].RequestId)] };
        Assert.Equal(RegisterOutcome.Conflict, await home.Of(0).OutcomeAsync(next.Version, elsewhere, Cancellation));
    }

    [Fact]
    public async Task CompareAndSet_RequestThatLeftTheWindow_IsUnknown()
    {
        const int window = 64;
        await using var home = await StartAsync();
        var settled = await home.FoundAsync();
        var next = RegisterHomeUnderTest.Next(settled);
        Assert.Equal(RegisterOutcome.Written, await home.Of(0).OutcomeAsync(settled.Version, next, Cancellation));
        var newest = next;
        for (var change = 0; change < window; change++)
        {
            newest = RegisterHomeUnderTest.Next(newest);
            Assert.Equal(RegisterOutcome.Written, await home.Of(change % 3).OutcomeAsync(newest.Version - 1, newest, Cancellation));
        }

        Assert.Equal(RegisterOutcome.Unknown, await home.Of(0).OutcomeAsync(settled.Version, next, Cancellation));
    }

    [Fact]
    public async Task CompareAndSet_SeveralServersAtOnce_LoseNoChangeAndMakeNoneTwice()
    {
        const int each = 8;
        await using var home = await StartAsync();
        var settled = await home.FoundAsync();

        await Task.WhenAll(Enumerable.Range(0, RegisterHomeUnderTest.Servers).Select(server => Task.Run(
            async () =>
            {
                for (var change = 0; change < each; change++) await CountAsync(home.Of(server));
            },
            Cancellation)));

        var last = (await home.Of(0).ReadAsync(Cancellation))!;
        Assert.Equal(settled.NextMigrationId + (each * RegisterHomeUnderTest.Servers), last.NextMigrationId);
    }

    [Fact]
    public async Task Register_OutOfReach_SaysSoAndKeepsWhatItHolds()
    {
        await using var home = await StartAsync();
        var settled = await home.FoundAsync();
        await home.StopAsync();
        Assert.Null(await home.Of(2).ReadAsync(Cancellation));
        var next = RegisterHomeUnderTest.Next(settled);
        Assert.True(await home.Of(2).OutcomeAsync(settled.Version, next, Cancellation) is RegisterOutcome.Unavailable or RegisterOutcome.Unknown);

        await home.StartAsync();
        await Processes.TestCluster.PollAsync("the register answers again", async () => await home.Of(2).ReadAsync(Cancellation) is not null);
        Assert.Equal(settled.Version, (await home.Of(2).ReadAsync(Cancellation))!.Version);
        await CountAsync(home.Of(2));
    }

    [Fact]
    public async Task CompareAndSet_ThousandServers_FitIn()
    {
        await using var home = await StartAsync();
        var settled = await home.FoundAsync();
        var large = settled;
        for (var server = 10; server < 1_000; server++) large = Registration.Register(large, Registrations.Of(server)).Next!;
        large = large.Stamp(settled, Guid.NewGuid());
        Assert.Equal(RegisterOutcome.Written, await home.Of(0).OutcomeAsync(settled.Version, large, Cancellation));
        Assert.Equal(large.Servers.Count(), (await home.Of(1).ReadAsync(Cancellation))!.Servers.Count());
    }

    // As the master does it: after anything but success it looks again, and knows its own change.
    private static async Task CountAsync(ITopologyRegister register)
    {
        var request = Guid.NewGuid();
        while (true)
        {
            Cancellation.ThrowIfCancellationRequested();
            if (await register.ReadAsync(Cancellation) is not { } current) continue;
            if (current.WasMadeBy(request)) return;
            var next = (current with { NextMigrationId = current.NextMigrationId + 1 }).Stamp(current, request);
            if (await register.OutcomeAsync(current.Version, next, Cancellation) == RegisterOutcome.Written) return;
        }
    }

    private static (long, object) Seen(ClusterTopology? topology) => (topology!.Version, topology.ClusterId);
    private static (long, long) Counted(ClusterTopology? topology) => (topology!.Version, topology.NextMigrationId);
}

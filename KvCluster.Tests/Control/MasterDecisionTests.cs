using KvCluster.Core.Master;
using KvCluster.Core.Register;
using KvCluster.Node.Control;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;
using KvCluster.Tests.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvCluster.Tests.Control;

/// <summary>Any server may change the topology, several at once and over a register that loses words: each request takes effect once.</summary>
public sealed class MasterDecisionTests : IDisposable
{
    private static readonly ClusterTopology Begun = Registrations.Bootstrap();
    private readonly MemoryRegister _register = new(Begun);
    private readonly List<IDisposable> _parts = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _parts.ForEach(part => part.Dispose());

    [Theory]
    [InlineData(nameof(RegisterTrouble.RequestLost))]
    [InlineData(nameof(RegisterTrouble.ReplyLost))]
    [InlineData(nameof(RegisterTrouble.Broken))]
    public async Task Decide_OutcomeUnknown_TakesEffectOnce(string trouble)
    {
        _register.Spoil(Enum.Parse<RegisterTrouble>(trouble));
        var request = Guid.NewGuid();

        var decision = await NewServer().DecideAsync(request, Count, Cancellation);

        Assert.Same(_register.Document, decision.Next);
        Assert.True(decision.Next!.WasMadeBy(request));
        AssertCounted(1);
    }

    // The register remembers the request, but what it made is gone again.
    [Fact]
    public async Task Register_PlaceTakenByALateRequestOfAnEarlierDisk_IsDecidedAnew()
    {
        var server = NewServer();
        var late = Registrations.Of(2, "a");
        var newer = late with { StoreId = new StoreId(Guid.NewGuid()), RunId = Guid.NewGuid() };

        foreach (var request in (RegistrationRequest[])[newer, late, newer]) Assert.False((await server.RegisterAsync(request, Cancellation)).IsRefused);

        Assert.NotNull(_register.Document!.FindServer(newer.StoreId));
    }

    [Fact]
    public async Task Decide_ReplyLostAndOthersFaster_TakesEffectOnce()
    {
        var (one, other) = (NewServer(), NewServer());
        _register.Spoil(RegisterTrouble.ReplyLost);
        var first = one.DecideAsync(Guid.NewGuid(), Count, Cancellation);
        var second = other.DecideAsync(Guid.NewGuid(), Count, Cancellation);
        Assert.All(await Task.WhenAll(first, second), decision => Assert.False(decision.IsRefused));
        AssertCounted(2);
    }

    [Fact]
    public async Task Decide_SeveralServersAtOnce_LoseNoChange()
    {
        const int each = 25;
        Master[] servers = [NewServer(), NewServer(), NewServer(), NewServer()];

        await Task.WhenAll(servers.Select(server => Task.Run(
            async () =>
            {
                for (var change = 0; change < each; change++) await DecideAtLastAsync(server, Guid.NewGuid());
            },
            Cancellation)));

        AssertCounted(servers.Length * each);
    }

    [Fact]
    public async Task Decide_OneRequestAtSeveralServers_TakesEffectOnce()
    {
        var request = Guid.NewGuid();
        Master[] servers = [NewServer(), NewServer(), NewServer()];

        var decisions = await Task.WhenAll(servers.Select(server => Task.Run(() => server.DecideAsync(request, Count, Cancellation), Cancellation)));

        Assert.All(decisions, decision => Assert.True(decision.Next!.WasMadeBy(request)));
        AssertCounted(1);
    }

    [Fact]
    public async Task Decide_TwoServersOfOneNode_OnlyOneOfTheirWishesIsGranted()
    {
        var pair = Registrations.Pair();
        var (main, replica) = (pair.Nodes[0].Main, pair.Nodes[0].ReplicaServer!.Id);
        var register = new MemoryRegister(pair);
        var shrink = Registrations.Change(pair, ConfigurationChangeKind.Shrink, main, main, [main]);
        var takeover = Registrations.Change(pair, ConfigurationChangeKind.Takeover, replica, replica, [replica]);

        var decisions = await Task.WhenAll(Array.ConvertAll([shrink, takeover], change => Task.Run(
            () => NewServer(register).DecideAsync(change.RequestId, topology => NodeConfigurations.Change(topology, change), Cancellation), Cancellation)));

        var refused = Assert.Single(decisions, decision => decision.IsRefused);
        Assert.Equal(ProblemCode.EpochStale, refused.Code);
        Assert.Equal((1, pair.Nodes[0].Epoch.Next), (register.Writes, register.Document.Nodes[0].Epoch));
    }

    [Fact]
    public async Task Decide_ServerThatIsBehind_RefusesOnlyWhatTheNewestForbids()
    {
        var behind = NewServer();
        await DecideAtLastAsync(NewServer(), Guid.NewGuid());
        Assert.False((await behind.DecideAsync(Guid.NewGuid(), WhenNotFirst, Cancellation)).IsRefused);
        AssertCounted(2);

        TopologyDecision WhenNotFirst(ClusterTopology topology) =>
            topology.Version == Begun.Version ? TopologyDecision.Refuse(ProblemCode.TopologyConflict, "Nobody was here before.") : Count(topology);
    }

    [Fact]
    public async Task Decide_RegisterOutOfReach_IsRefusedAndChangesNothing()
    {
        _register.IsOutOfReach = true;
        var decision = await NewServer().DecideAsync(Guid.NewGuid(), Count, Cancellation);
        Assert.Equal((ProblemCode.RegisterUnavailable, 0), (decision.Code, _register.Writes));
    }

    [Fact]
    public async Task Decide_AnotherAttemptOfTheRequestWasDecided_AdoptsThatOne()
    {
        var server = NewServer();
        _register.Spoil(RegisterTrouble.OtherAttemptDecided);
        var decision = await server.DecideAsync(Guid.NewGuid(), Count, Cancellation);
        Assert.Equal(Begun.NextMigrationId + 101, decision.Next!.NextMigrationId);
        Assert.Equal(decision.Next, (await server.DecideAsync(decision.Next.Recent[^1].RequestId, Count, Cancellation)).Next);
    }

    [Fact]
    public async Task Decide_ServerFurtherBehindThanTheWindow_JudgesTheNewest()
    {
        const int window = 64;
        var behind = NewServer();
        var other = NewServer();
        for (var change = 0; change <= window; change++) Assert.False((await other.DecideAsync(Guid.NewGuid(), Count, Cancellation)).IsRefused);
        Assert.False((await behind.DecideAsync(Guid.NewGuid(), Count, Cancellation)).IsRefused);
        AssertCounted(window + 2);
    }

    [Fact]
    public async Task Decide_ReplyLostAndTheVersionLeftTheWindow_IsUnknown()
    {
        var newest = Begun;
        for (var change = 0; change <= 65; change++) newest = (newest with { NextMigrationId = newest.NextMigrationId + 1 }).Stamp(newest, Guid.NewGuid());
        _register.OvertakenBy = newest;
        _register.Spoil(RegisterTrouble.RequestLost);
        Assert.Equal(ProblemCode.OutcomeUnknown, (await NewServer().DecideAsync(Guid.NewGuid(), Count, Cancellation)).Code);
    }

    [Fact]
    public async Task Decide_OutcomeUnknown_AsksAgainForTheSameDocument()
    {
        var asked = 0;
        _register.Spoil(RegisterTrouble.RequestLost);
        _register.Spoil(RegisterTrouble.RequestLost);
        var decision = await NewServer().DecideAsync(Guid.NewGuid(), topology => new TopologyDecision(topology with { NextMigrationId = 1_000 + ++asked }), Cancellation);
        Assert.Equal((1, 3), (asked, _register.Attempts.Count));
        Assert.All(_register.Attempts, attempt => Assert.Same(decision.Next, attempt));
    }

    [Fact]
    public async Task Decide_ReplyLostAndTheRuleWouldSayNoNow_IsStillDone()
    {
        var asked = 0;
        _register.Spoil(RegisterTrouble.RequestLost);
        var decision = await NewServer().DecideAsync(
            Guid.NewGuid(), topology => asked++ == 0 ? Count(topology) : TopologyDecision.Refuse(ProblemCode.TopologyConflict, "Another time it would have been no."), Cancellation);
        Assert.False(decision.IsRefused);
        AssertCounted(1);
    }

    [Fact]
    public async Task Decide_ReplyLostAndRegisterOutOfReach_IsUnknown()
    {
        _register.Spoil(RegisterTrouble.ReplyLostForGood);
        var decision = await NewServer().DecideAsync(Guid.NewGuid(), Count, Cancellation);
        Assert.Equal((ProblemCode.OutcomeUnknown, 1), (decision.Code, _register.Writes));
    }

    [Fact]
    public async Task Decide_NewVoterNotReady_IsADefiniteNoAlsoAfterALostReply()
    {
        _register.Spoil(RegisterTrouble.RequestLost);
        _register.Spoil(RegisterTrouble.NotReady);
        var decision = await NewServer().DecideAsync(Guid.NewGuid(), Count, Cancellation);
        Assert.Equal((ProblemCode.RegisterUnavailable, 0), (decision.Code, _register.Writes));
    }

    [Fact]
    public async Task Decide_RegisterThrowsForGood_IsUnknown()
    {
        _register.Failure = new IOException("Broken pipe.");
        Assert.Equal(ProblemCode.OutcomeUnknown, (await NewServer().DecideAsync(Guid.NewGuid(), Count, Cancellation)).Code);
    }

    [Fact]
    public async Task Decide_RegisterCannotBeReadForANo_SaysSo()
    {
        _register.Failure = new HttpRequestException("No route.");
        var decision = await NewServer().DecideAsync(Guid.NewGuid(), _ => TopologyDecision.Refuse(ProblemCode.NodeUnknown, "There is none."), Cancellation);
        Assert.Equal(ProblemCode.RegisterUnavailable, decision.Code);
    }

    [Fact]
    public async Task Decide_BrokenInvariant_IsNotSwallowed()
    {
        _register.Failure = new InvalidOperationException("A proposer does one thing at a time.");
        await Assert.ThrowsAsync<InvalidOperationException>(() => NewServer().DecideAsync(Guid.NewGuid(), Count, Cancellation));
    }

    [Fact]
    public async Task MasterWatch_RegisterThrows_GoesOnAndTakesOverWhenItCan()
    {
        var pair = Registrations.Pair();
        var successor = pair.Nodes[0].ReplicaServer!.Id;
        var register = new MemoryRegister(pair with { Voters = [] }) { Failure = new IOException("The response ended prematurely.") };
        var holder = new TopologyHolder { Self = successor };
        var watch = new MasterWatch(holder, NewServer(register, holder), NullLogger<MasterWatch>.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var running = watch.RunAsync(stop.Token);
        await TestCluster.PollAsync("the register has failed", () => Task.FromResult(register.Operations > 0));
        register.Failure = null;
        await TestCluster.PollAsync("the office is taken", () => Task.FromResult(register.Document.Master == successor));
        Assert.False(running.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private void AssertCounted(long changes) =>
        Assert.Equal((changes, changes), (_register.Writes, _register.Document.NextMigrationId - Begun.NextMigrationId));

    // Who always finds somebody faster gives up after a while, and is asked again with the same request, as the core does.
    private static async Task DecideAtLastAsync(Master server, Guid request)
    {
        while (await server.DecideAsync(request, Count, Cancellation) is { IsRefused: true } refused) Assert.Equal(ProblemCode.RegisterUnavailable, refused.Code);
    }

    private static TopologyDecision Count(ClusterTopology topology) => new(topology with { NextMigrationId = topology.NextMigrationId + 1 });

    // It holds the office, so what it decides is told by its host, which is not here: nobody is called.
    private Master NewServer(MemoryRegister? register = null, TopologyHolder? known = null)
    {
        var holder = known ?? new TopologyHolder { Self = (register ?? _register).Document.Master };
        var http = new ControlHttp();
        var broadcaster = new Broadcaster(holder, http, new Sight(TimeProvider.System), new BackgroundWork());
        holder.TryAdopt((register ?? _register).Document);
        var master = new Master(register ?? _register, holder, broadcaster, NullLogger<Master>.Instance);
        lock (_parts) _parts.AddRange([master, broadcaster, http]);
        return master;
    }
}

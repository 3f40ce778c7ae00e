using KvCluster.Core.Master;
using KvCluster.Node.Control;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;
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
    public async Task Decide_OutcomeUnknown_TakesEffectOnce(string trouble)
    {
        _register.Spoil(Enum.Parse<RegisterTrouble>(trouble));
        var request = Guid.NewGuid();

        var decision = await NewServer().DecideAsync(request, Count, Cancellation);

        Assert.Same(_register.Document, decision.Next);
        Assert.True(decision.Next!.WasMadeBy(request));
        AssertCounted(1);
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

    private void AssertCounted(long changes) =>
        Assert.Equal((changes, changes), (_register.Writes, _register.Document.NextMigrationId - Begun.NextMigrationId));

    // Who always finds somebody faster gives up after a while, and is asked again with the same request, as the core does.
    private static async Task DecideAtLastAsync(Master server, Guid request)
    {
        while (await server.DecideAsync(request, Count, Cancellation) is { IsRefused: true } refused) Assert.Equal(ProblemCode.RegisterUnavailable, refused.Code);
    }

    private static TopologyDecision Count(ClusterTopology topology) => new(topology with { NextMigrationId = topology.NextMigrationId + 1 });

    // It holds the office, so what it decides is told by its host, which is not here: nobody is called.
    private Master NewServer(MemoryRegister? register = null)
    {
        var holder = new TopologyHolder();
        var http = new ControlHttp();
        var broadcaster = new Broadcaster(holder, http, new Sight(TimeProvider.System));
        holder.Self = (register ?? _register).Document.Master;
        holder.TryAdopt((register ?? _register).Document);
        var master = new Master(register ?? _register, holder, broadcaster, NullLogger<Master>.Instance);
        lock (_parts) _parts.AddRange([master, broadcaster, http]);
        return master;
    }
}

using KvCluster.Node.Control;
using KvCluster.Node.Control.Etcd;
using KvCluster.Protocol.Topology;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.Control.Homes;

public sealed class EtcdRegisterTests : RegisterContract
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected override async Task<RegisterHomeUnderTest> StartAsync() => await EtcdProcess.OpenAsync();

    [Fact]
    public async Task CompareAndSet_AnswerLost_FindsItsOwnSuccess()
    {
        await using var world = await World.OpenAsync();
        var next = RegisterHomeUnderTest.Next(world.Settled);
        world.Way.AnswersToLose = 1;
        var result = await world.Register.CompareAndSetAsync(world.Settled.Version, next, Cancellation);
        Assert.Equal((RegisterOutcome.Written, next.Version), (result.Outcome, result.Decided!.Version));
        Assert.Equal(0, world.Way.AnswersToLose);
    }

    [Fact]
    public async Task CompareAndSet_EveryAnswerLost_IsUnknownAndThenItsOwnSuccess()
    {
        await using var world = await World.OpenAsync();
        var next = RegisterHomeUnderTest.Next(world.Settled);
        world.Way.AnswersToLose = 100;
        Assert.Equal(RegisterOutcome.Unknown, await world.Register.OutcomeAsync(world.Settled.Version, next, Cancellation));
        world.Way.AnswersToLose = 0;
        Assert.Equal(RegisterOutcome.Written, await world.Register.OutcomeAsync(world.Settled.Version, next, Cancellation));
        Assert.Equal(next.Version, (await world.Home.Of(0).ReadAsync(Cancellation))!.Version);
    }

    [Fact]
    public async Task Read_EtcdHangs_EndsWithNothing()
    {
        await using var world = await World.OpenAsync();
        world.Way.Hold();
        Assert.Null(await world.Register.ReadAsync(Cancellation));
        world.Way.Release();
        Assert.Equal(world.Settled.Version, (await world.Register.ReadAsync(Cancellation))!.Version);
    }

    [Fact]
    public async Task CompareAndSet_TransactionArrivesLate_WasUnknownAndTakesEffectOnce()
    {
        await using var world = await World.OpenAsync();
        var next = RegisterHomeUnderTest.Next(world.Settled);
        world.Way.Hold();
        Assert.Equal(RegisterOutcome.Unknown, await world.Register.OutcomeAsync(world.Settled.Version, next, Cancellation));
        Assert.Equal(world.Settled.Version, (await world.Home.Of(0).ReadAsync(Cancellation))!.Version);

        await world.ReleaseAllAsync();

        Assert.Equal(next.Version, (await world.Home.Of(0).ReadAsync(Cancellation))!.Version);
        Assert.Equal(RegisterOutcome.Written, await world.Register.OutcomeAsync(world.Settled.Version, next, Cancellation));
    }

    [Fact]
    public async Task CompareAndSet_TransactionArrivesAfterAnothers_ChangesNothing()
    {
        await using var world = await World.OpenAsync();
        var (late, other) = (RegisterHomeUnderTest.Next(world.Settled), RegisterHomeUnderTest.Next(world.Settled));
        world.Way.Hold();
        Assert.Equal(RegisterOutcome.Unknown, await world.Register.OutcomeAsync(world.Settled.Version, late, Cancellation));
        Assert.Equal(RegisterOutcome.Written, await world.Home.Of(0).OutcomeAsync(world.Settled.Version, other, Cancellation));

        await world.ReleaseAllAsync();

        Assert.Equal(RegisterOutcome.Conflict, await world.Register.OutcomeAsync(world.Settled.Version, late, Cancellation));
        Assert.Equal(other.Recent[^1], (await world.Home.Of(0).ReadAsync(Cancellation))!.Recent[^1]);
    }

    private sealed class World : IAsyncDisposable
    {
        private World(EtcdProcess home, ClusterTopology settled)
        {
            (Home, Settled, Way) = (home, settled, new TroubledProxy(home.Endpoint));
            Register = new EtcdRegister([Way.Url], "test/topology", new SocketsHttpHandler { UseProxy = false });
        }

        public EtcdProcess Home { get; }
        public ClusterTopology Settled { get; }
        public TroubledProxy Way { get; }

        /// <summary>Reaches etcd by the troubled way only; the home itself reaches it without.</summary>
        public EtcdRegister Register { get; }

        public static async Task<World> OpenAsync()
        {
            var home = await EtcdProcess.OpenAsync();
            return new World(home, await home.FoundAsync());
        }

        public async Task ReleaseAllAsync()
        {
            Way.Release();
            await TestCluster.PollAsync("what was kept has arrived", () => Task.FromResult(Way.Requests > 0 && Way.Answered == Way.Requests));
        }

        public async ValueTask DisposeAsync()
        {
            Register.Dispose();
            await Way.DisposeAsync();
            await Home.DisposeAsync();
        }
    }
}

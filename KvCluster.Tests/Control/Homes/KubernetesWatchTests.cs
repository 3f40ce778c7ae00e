using KvCluster.Node.Control;
using KvCluster.Node.Control.Kubernetes;
using KvCluster.Protocol.Topology;
using KvCluster.Tests.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvCluster.Tests.Control.Homes;

/// <summary>A server that nobody tells anything learns of each change from the API server, whatever becomes of the stream.</summary>
public sealed class KubernetesWatchTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Change_IsLearntByPush()
    {
        await using var world = await World.BeginAsync();
        var readings = world.Watch.Readings;
        for (var change = 0; change < 5; change++) await world.ChangeAndLearnAsync();
        Assert.Equal((readings, 1), (world.Watch.Readings, world.Api.Watchers.Begun));
    }

    [Fact]
    public async Task BrokenStream_IsBegunAnewAndNothingIsMissed()
    {
        await using var world = await World.BeginAsync();
        world.Api.Watchers.IsMute = true;
        var missed = await world.ChangeAsync();
        world.Api.Watchers.Cut();
        world.Api.Watchers.IsMute = false;
        await world.LearnsAsync(missed);
        await world.WatchesAsync();
        await world.ChangeAndLearnAsync();
    }

    [Fact]
    public async Task VersionForgotten_IsReadAnew()
    {
        await using var world = await World.BeginAsync();
        world.Api.Watchers.Spoil(ApiTrouble.Gone);
        world.Api.Watchers.IsMute = true;
        var missed = await world.ChangeAsync();
        var readings = world.Watch.Readings;
        world.Api.Watchers.Cut();
        await world.LearnsAsync(missed);
        world.Api.Watchers.IsMute = false;

        // Once after the cut, and once more because the version of that reading was said to be forgotten.
        await TestCluster.PollAsync("it has read twice", () => Task.FromResult(world.Watch.Readings >= readings + 2));
        await world.WatchesAsync();
        await world.ChangeAndLearnAsync();
    }

    [Fact]
    public async Task WatchingForbidden_IsReplacedByPolling()
    {
        await using var world = await World.BeginAsync(api =>
        {
            for (var watch = 0; watch < 1_000; watch++) api.Watchers.Spoil(ApiTrouble.Forbidden);
        });
        await world.ChangeAndLearnAsync();
        await world.ChangeAndLearnAsync();
        Assert.Equal(0, world.Api.Watchers.Open);
    }

    [Fact]
    public async Task NonsenseInTheStreamOrInTheMap_IsPassedOver()
    {
        await using var world = await World.BeginAsync();
        world.Api.Watchers.Send("this is no event");
        var sound = world.Api.Text!;
        world.Api.Overwrite("no topology");
        world.Api.Overwrite(sound);
        await world.ChangeAndLearnAsync();
    }

    [Fact]
    public async Task ApiServerGoneForAWhile_IsWatchedAgain()
    {
        await using var world = await World.BeginAsync();
        await world.Api.StopAsync();
        await world.Api.StartAsync();
        await world.WatchesAsync();
        await world.ChangeAndLearnAsync();
    }

    private sealed class World : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly TopologyHolder _holder = new();
        private readonly Task _running;
        private ClusterTopology _newest;

        private World(ApiServer api, ClusterTopology newest)
        {
            (Api, _newest) = (api, newest);
            Watch = new KubernetesWatch(api.ClientOf(1), _holder, NullLogger<KubernetesWatch>.Instance);
            _running = Watch.RunAsync(_stop.Token);
        }

        public ApiServer Api { get; }
        public KubernetesWatch Watch { get; }

        public static async Task<World> BeginAsync(Action<ApiServer>? spoil = null)
        {
            var api = await ApiServer.OpenAsync();
            var settled = await api.FoundAsync();
            spoil?.Invoke(api);
            var world = new World(api, settled);
            await world.LearnsAsync(settled);
            if (spoil is null) await world.WatchesAsync();
            return world;
        }

        public async Task<ClusterTopology> ChangeAsync()
        {
            var next = RegisterHomeUnderTest.Next(_newest);
            Assert.Equal(RegisterOutcome.Written, await Api.Of(0).OutcomeAsync(_newest.Version, next, Cancellation));
            return _newest = next;
        }

        public async Task ChangeAndLearnAsync() => await LearnsAsync(await ChangeAsync());

        public Task LearnsAsync(ClusterTopology topology) =>
            TestCluster.PollAsync($"version {topology.Version} is known", () => Task.FromResult(_holder.Current?.Version >= topology.Version));

        public Task WatchesAsync() => TestCluster.PollAsync("the map is watched", () => Task.FromResult(Api.Watchers.Open == 1));

        public async ValueTask DisposeAsync()
        {
            Assert.False(_running.IsCompleted);
            await _stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
            await Api.DisposeAsync();
            _stop.Dispose();
        }
    }
}

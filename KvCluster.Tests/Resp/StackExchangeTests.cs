using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using KvCluster.Tests.Processes;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using StackExchange.Redis;

namespace KvCluster.Tests.Resp;

/// <summary>The .NET world's Redis client against real servers, one of which dies.</summary>
[Collection(ProcessRoom.Name)]
public sealed class StackExchangeTests(SharedCluster shared)
{
    private const int Nodes = 2;

    [Theory]
    [InlineData(RedisProtocol.Resp2)]
    [InlineData(RedisProtocol.Resp3)]
    public async Task Client_KnowsOneSeedAndOutlivesAKilledMain(RedisProtocol protocol)
    {
        var cluster = await shared.TakeAsync();
        var prefix = $"se3-{protocol}";
        await using var check = await ConnectAsync(cluster, protocol);
        await check.UseAllNodesAsync(prefix, Nodes);
        await KillMainAsync(cluster, () => check.OutliveAsync(prefix));
    }

    [Theory]
    [InlineData(RedisProtocol.Resp2)]
    [InlineData(RedisProtocol.Resp3)]
    public async Task ClientOfTheVersionBefore_KnowsOneSeedAndOutlivesAKilledMain(RedisProtocol protocol)
    {
        var cluster = await shared.TakeAsync();
        using var client = Redis2Process.Start("live", cluster.Plans.First().Ports.Resp, protocol);
        await client.ExpectAsync("connected");
        client.Say(Nodes.ToString(CultureInfo.InvariantCulture));
        await client.ExpectAsync("used");
        await KillMainAsync(cluster, async () =>
        {
            client.Say("killed");
            await client.ExpectAsync("outlived");
        });
        await client.ExpectSuccessAsync();
    }

    [Fact]
    public async Task BothFrontEnds_SeeTheSameData()
    {
        var cluster = await shared.TakeAsync();
        await using var check = await ConnectAsync(cluster, RedisProtocol.Resp3);
        var database = check.Database;
        var cancellation = TestContext.Current.CancellationToken;

        using var body = new StringContent("{\"name\":\"Ada\"}", Encoding.UTF8, "application/json");
        var place = new Uri(cluster.Plans.First().Url, "/kv/both/ada?ttl=1h");
        var put = await cluster.Http.PutAsync(place, body, cancellation);
        if (put.StatusCode == HttpStatusCode.TemporaryRedirect) put = await cluster.Http.PutAsync(place = put.Headers.Location!, new StringContent("{\"name\":\"Ada\"}", Encoding.UTF8, "application/json"), cancellation);
        Assert.True(put.IsSuccessStatusCode);
        Assert.Equal("{\"name\":\"Ada\"}", await database.StringGetAsync("both/ada"));
        Assert.InRange((await database.KeyTimeToLiveAsync("both/ada"))!.Value.TotalMinutes, 58, 60);
        var described = (RedisResult[])(await database.ExecuteAsync("KV.GET", new RedisKey("both/ada")))!;
        Assert.Equal((put.Headers.ETag!.Tag.Trim('"'), "application/json; charset=utf-8"), ((string)described[1]!, (string)described[2]!));

        await database.StringAppendAsync("both/ada", " ");
        await database.KeyExpireAsync("both/ada", TimeSpan.FromHours(2));
        using var get = await cluster.Http.GetAsync(new Uri(place, "/kv/both/ada"), cancellation);
        Assert.Equal("{\"name\":\"Ada\"} ", await get.Content.ReadAsStringAsync(cancellation));
        Assert.Equal("application/json; charset=utf-8", get.Content.Headers.ContentType!.ToString());
        Assert.NotEqual(put.Headers.ETag.Tag, get.Headers.ETag!.Tag);
    }

    [Fact]
    public async Task TransactionsCountersAndChannels_Work()
    {
        var cluster = await shared.TakeAsync();
        await using var check = await ConnectAsync(cluster, RedisProtocol.Resp3);
        var database = check.Database;
        await database.KeyDeleteAsync(["{t}a", "{t}b"]);
        var transaction = database.CreateTransaction();
        transaction.AddCondition(Condition.KeyNotExists("{t}a"));
        var set = transaction.StringSetAsync("{t}a", "1");
        var increment = transaction.StringIncrementAsync("{t}b", 5);
        Assert.True(await transaction.ExecuteAsync());
        Assert.Equal((true, 5), (await set, await increment));

        var again = database.CreateTransaction();
        again.AddCondition(Condition.KeyNotExists("{t}a"));
        _ = again.StringIncrementAsync("{t}b");
        Assert.False(await again.ExecuteAsync());
        Assert.Equal("5", await database.StringGetAsync("{t}b"));
        Assert.Equal("1", await database.StringGetAsync("{t}a"));

        var server = check.Redis.GetServers().First(one => !one.IsReplica);
        Assert.True(await server.DatabaseSizeAsync() >= 0);
        Assert.NotEmpty(await server.InfoAsync("replication"));
    }

    [Fact]
    public async Task DistributedCache_KeepsSlidingAndAbsoluteExpiry()
    {
        var cluster = await shared.TakeAsync();
        var cancellation = TestContext.Current.CancellationToken;
        await using var check = await ConnectAsync(cluster, RedisProtocol.Resp2);
        using var cache = CacheOf(check);
        await cache.SetStringAsync("one", "value", new DistributedCacheEntryOptions { SlidingExpiration = TimeSpan.FromMinutes(10), AbsoluteExpirationRelativeToNow = TimeSpan.FromHours(1) }, cancellation);
        await RequireMinutesAsync(check, "one", 10);

        // A look slides the expiry forward again; here it is set to a shorter one first, so that the slide can be told.
        foreach (var look in new Func<Task>[] { () => cache.GetStringAsync("one", cancellation), () => cache.RefreshAsync("one", cancellation) })
        {
            Assert.True(await check.Database.KeyExpireAsync("cache:one", TimeSpan.FromMinutes(2)));
            await look();
            await RequireMinutesAsync(check, "one", 10);
        }

        // The absolute moment is the end, however often somebody looks.
        await cache.SetStringAsync("two", "value", new DistributedCacheEntryOptions { SlidingExpiration = TimeSpan.FromMinutes(10), AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(4) }, cancellation);
        await RequireMinutesAsync(check, "two", 4);
        Assert.Equal("value", await cache.GetStringAsync("two", cancellation));
        await RequireMinutesAsync(check, "two", 4);

        await cache.SetStringAsync("one", "other", cancellation);
        Assert.Equal("other", await cache.GetStringAsync("one", cancellation));
        await cache.SetStringAsync("three", "value", cancellation);
        Assert.Null(await check.Database.KeyTimeToLiveAsync("cache:three"));
        await cache.RemoveAsync("one", cancellation);
        Assert.Null(await cache.GetStringAsync("one", cancellation));
    }

    [Fact]
    public async Task DistributedCache_TakesAndGivesBuffers()
    {
        var cluster = await shared.TakeAsync();
        var cancellation = TestContext.Current.CancellationToken;
        await using var check = await ConnectAsync(cluster, RedisProtocol.Resp3);
        using var cache = CacheOf(check);
        var buffers = Assert.IsAssignableFrom<IBufferDistributedCache>(cache);
        var value = Enumerable.Range(0, 100_000).Select(i => (byte)i).ToArray();
        await buffers.SetAsync("buffer", new ReadOnlySequence<byte>(value), new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(10) }, cancellation);
        var found = new ArrayBufferWriter<byte>();
        Assert.True(await buffers.TryGetAsync("buffer", found, cancellation));
        Assert.Equal(value, found.WrittenSpan.ToArray());
        await RequireMinutesAsync(check, "buffer", 10);
        Assert.False(await buffers.TryGetAsync("nothing", found, cancellation));
    }

    private static RedisCache CacheOf(RedisClientCheck check) =>
        new(new RedisCacheOptions { ConnectionMultiplexerFactory = () => Task.FromResult<IConnectionMultiplexer>(check.Redis), InstanceName = "cache:" });

    private static async Task RequireMinutesAsync(RedisClientCheck check, string key, int minutes) =>
        Assert.InRange((await check.Database.KeyTimeToLiveAsync("cache:" + key))!.Value, TimeSpan.FromMinutes(minutes - 1), TimeSpan.FromMinutes(minutes));

    private static Task<RedisClientCheck> ConnectAsync(TestCluster cluster, RedisProtocol protocol) =>
        RedisClientCheck.ConnectAsync(new IPEndPoint(IPAddress.Loopback, cluster.Plans.First().Ports.Resp), protocol);

    private static async Task KillMainAsync(TestCluster cluster, Func<Task> whileItIsDead)
    {
        var (main, replica) = await cluster.RolesAsync(SharedCluster.Node);
        await cluster.Run(main).KillAsync();
        await whileItIsDead();
        Assert.Equal(replica, (await cluster.RolesAsync(SharedCluster.Node)).Main);
        cluster.Start(main);
        await cluster.WaitUntilWholeAsync();
    }
}

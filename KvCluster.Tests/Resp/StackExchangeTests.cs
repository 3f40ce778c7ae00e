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
    private const int Keys = 200;

    [Theory]
    [InlineData(RedisProtocol.Resp2)]
    [InlineData(RedisProtocol.Resp3)]
    public async Task Client_KnowsOneSeedAndOutlivesAKilledMain(RedisProtocol protocol)
    {
        var cluster = await shared.TakeAsync();
        await using var redis = await ConnectAsync(cluster, protocol);
        var database = redis.GetDatabase();
        var prefix = $"se-{protocol}";
        await WriteAllAsync(database, prefix, "before");
        Assert.Equal(2, redis.GetServers().Count(server => server.IsConnected && !server.IsReplica));

        var (main, replica) = await cluster.RolesAsync(SharedCluster.Node);
        await cluster.Run(main).KillAsync();
        await TestCluster.PollAsync($"{replica} takes writes of the same connection", () => TryWriteAllAsync(database, prefix, "after"));
        Assert.Equal(replica, (await cluster.RolesAsync(SharedCluster.Node)).Main);
        foreach (var i in Enumerable.Range(0, Keys)) Assert.Equal("after", await database.StringGetAsync($"{prefix}:{i}"));
        cluster.Start(main);
        await cluster.WaitUntilWholeAsync();
    }

    [Fact]
    public async Task BothFrontEnds_SeeTheSameData()
    {
        var cluster = await shared.TakeAsync();
        await using var redis = await ConnectAsync(cluster, RedisProtocol.Resp3);
        var database = redis.GetDatabase();
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
        await using var redis = await ConnectAsync(cluster, RedisProtocol.Resp3);
        var database = redis.GetDatabase();
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

        var server = redis.GetServers().First(one => !one.IsReplica);
        Assert.True(await server.DatabaseSizeAsync() >= 0);
        Assert.NotEmpty(await server.InfoAsync("replication"));
    }

    [Fact]
    public async Task DistributedCache_KeepsSlidingAndAbsoluteExpiry()
    {
        var cluster = await shared.TakeAsync();
        var cancellation = TestContext.Current.CancellationToken;
        var options = new RedisCacheOptions { ConnectionMultiplexerFactory = async () => await ConnectAsync(cluster, RedisProtocol.Resp2), InstanceName = "cache:" };
        using var cache = new RedisCache(options);
        await cache.SetStringAsync("one", "value", new DistributedCacheEntryOptions { SlidingExpiration = TimeSpan.FromMinutes(10), AbsoluteExpirationRelativeToNow = TimeSpan.FromHours(1) }, cancellation);
        Assert.Equal("value", await cache.GetStringAsync("one", cancellation));
        await cache.RefreshAsync("one", cancellation);
        await cache.SetStringAsync("one", "other", cancellation);
        Assert.Equal("other", await cache.GetStringAsync("one", cancellation));
        await cache.RemoveAsync("one", cancellation);
        Assert.Null(await cache.GetStringAsync("one", cancellation));
    }

    private static async Task<ConnectionMultiplexer> ConnectAsync(TestCluster cluster, RedisProtocol protocol)
    {
        var options = new ConfigurationOptions { Protocol = protocol, AbortOnConnectFail = true, AllowAdmin = true, ConnectTimeout = 10_000, SyncTimeout = 10_000, AsyncTimeout = 10_000 };
        options.EndPoints.Add(IPAddress.Loopback, cluster.Plans.First().Ports.Resp);
        using var log = new StringWriter();
        var redis = await ConnectionMultiplexer.ConnectAsync(options, log);
        Assert.DoesNotContain("fail", log.ToString(), StringComparison.OrdinalIgnoreCase);
        return redis;
    }

    private static async Task WriteAllAsync(IDatabase database, string prefix, string value)
    {
        foreach (var i in Enumerable.Range(0, Keys)) Assert.True(await database.StringSetAsync($"{prefix}:{i}", value));
    }

    private static async Task<bool> TryWriteAllAsync(IDatabase database, string prefix, string value)
    {
        try
        {
            await WriteAllAsync(database, prefix, value);
            return true;
        }
        catch (Exception away) when (away is RedisException or TimeoutException or ObjectDisposedException)
        {
            // The node has no main for a moment, and the connection to it is being replaced; the caller asks again.
            return false;
        }
    }
}

using System.Buffers;
using KvCluster.Client.Caching;
using KvCluster.Tests.Client.Fake;
using Microsoft.Extensions.Caching.Distributed;

namespace KvCluster.Tests.Client;

public sealed class DistributedCacheTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cache_BothPaths_GiveBackWhatWasSet()
    {
        await using var cluster = await FakeCluster.StartAsync(2);
        using var client = cluster.Connect();
        var cache = new KvDistributedCache(client, new KvCacheOptions(), TimeProvider.System);
        Assert.Null(await cache.GetAsync("k", Cancellation));
        await cache.SetAsync("k", "value"u8.ToArray(), new DistributedCacheEntryOptions(), Cancellation);
        Assert.Equal("value"u8.ToArray(), await cache.GetAsync("k", Cancellation));
        var writer = new ArrayBufferWriter<byte>();
        Assert.True(await cache.TryGetAsync("k", writer, Cancellation));
        Assert.Equal("value"u8.ToArray(), writer.WrittenSpan.ToArray());
        Assert.Equal("value", (await client.GetAsync("cache/k", cancellationToken: Cancellation)).Text);
        await cache.SetAsync("k", TwoSegments("ab"u8.ToArray(), "cd"u8.ToArray()), new DistributedCacheEntryOptions(), Cancellation);
        Assert.Equal("abcd"u8.ToArray(), await Task.Run(() => cache.Get("k"), Cancellation));
        await cache.RemoveAsync("k", Cancellation);
        Assert.False(await cache.TryGetAsync("k", writer, Cancellation));
    }

    [Fact]
    public async Task Cache_KeyLongerThanTheStoreAllows_IsKeptByItsHash()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        var cache = new KvDistributedCache(client, new KvCacheOptions(), TimeProvider.System);
        var (one, other) = (new string('k', 5000), new string('k', 5001));
        await cache.SetAsync(one, [1], new DistributedCacheEntryOptions(), Cancellation);
        Assert.Null(await cache.GetAsync(other, Cancellation));
        Assert.Equal([1], (await cache.GetAsync(one, Cancellation))!);
    }

    [Fact]
    public async Task Cache_AbsoluteExpiry_IsTheStoresTimeToLive()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        var cache = new KvDistributedCache(client, new KvCacheOptions(), TimeProvider.System);
        await cache.SetAsync("k", [1], new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = TimeSpan.FromDays(1000) }, Cancellation);
        var expires = (await client.GetAsync("cache/k", cancellationToken: Cancellation)).ExpiresAt!.Value;
        Assert.InRange(expires - DateTimeOffset.UtcNow, TimeSpan.FromDays(999), TimeSpan.FromDays(1000));
        var past = new DistributedCacheEntryOptions { AbsoluteExpiration = DateTimeOffset.UtcNow.AddSeconds(-1) };
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await cache.SetAsync("k", [1], past, Cancellation));
    }

    [Fact]
    public async Task Cache_SlidingExpiry_MovesWithUseAndStopsAtTheAbsolute()
    {
        await using var cluster = await FakeCluster.StartAsync(1);
        using var client = cluster.Connect();
        var time = new ManualTime();
        time.Set(DateTimeOffset.UtcNow);
        var start = time.GetUtcNow();
        var cache = new KvDistributedCache(client, new KvCacheOptions(), time);
        var options = new DistributedCacheEntryOptions { SlidingExpiration = TimeSpan.FromMinutes(10), AbsoluteExpirationRelativeToNow = TimeSpan.FromMinutes(15) };
        await cache.SetAsync("k", [1], options, Cancellation);
        Assert.Equal(1, cluster.Nodes[0].Executions);
        await cache.GetAsync("k", Cancellation);
        Assert.Equal(1, cluster.Nodes[0].Executions);

        // The store's clock stands where it was; only the cache's has moved, so what it asks for can be read off the new expiry.
        time.Set(start.AddMinutes(5));
        await cache.GetAsync("k", Cancellation);
        Assert.Equal(2, cluster.Nodes[0].Executions);
        Assert.InRange(await LifeAsync(), TimeSpan.FromMinutes(9.9), TimeSpan.FromMinutes(10.1));

        time.Set(start.AddMinutes(14));
        await cache.RefreshAsync("k", Cancellation);
        Assert.InRange(await LifeAsync(), TimeSpan.FromMinutes(0.9), TimeSpan.FromMinutes(1.1));
        Assert.Equal([1], (await cache.GetAsync("k", Cancellation))!);

        async Task<TimeSpan> LifeAsync() => (await client.GetAsync("cache/k", cancellationToken: Cancellation)).ExpiresAt!.Value - DateTimeOffset.UtcNow;
    }

    private static ReadOnlySequence<byte> TwoSegments(byte[] first, byte[] second)
    {
        var head = new Segment(first, 0);
        var tail = head.Append(second);
        return new ReadOnlySequence<byte>(head, 0, tail, second.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, long runningIndex)
        {
            Memory = bytes;
            RunningIndex = runningIndex;
        }

        public Segment Append(byte[] bytes)
        {
            var next = new Segment(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}

using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Distributed;

namespace KvCluster.Client.Caching;

/// <summary>A distributed cache in the cluster; also the second level of HybridCache, by its buffer path.</summary>
/// <remarks>
/// An entry that slides is written again, with the same value, by the uses that lengthen its life, on the condition that nobody
/// changed it meanwhile. The methods without <c>Async</c> block a thread, as their interface demands; prefer the others.
/// </remarks>
public sealed class KvDistributedCache : IBufferDistributedCache
{
    private readonly KvClusterClient _client;
    private readonly TimeProvider _time;
    private readonly string _prefix;

    public KvDistributedCache(KvClusterClient client, KvCacheOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _client = client;
        _time = time;
        _prefix = options.KeyPrefix;
    }

    public byte[]? Get(string key) => GetAsync(key).GetAwaiter().GetResult();

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        var read = await UseAsync(key, token).ConfigureAwait(false);
        return read.Found ? read.Value.ToArray() : null;
    }

    public bool TryGet(string key, IBufferWriter<byte> destination) => TryGetAsync(key, destination).AsTask().GetAwaiter().GetResult();

    public async ValueTask<bool> TryGetAsync(string key, IBufferWriter<byte> destination, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var read = await UseAsync(key, token).ConfigureAwait(false);
        if (read.Found) destination.Write(read.Value.Span);
        return read.Found;
    }

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => SetAsync(key, value, options).GetAwaiter().GetResult();

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        ArgumentNullException.ThrowIfNull(value);
        return StoreAsync(key, value, options, token).AsTask();
    }

    public void Set(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options) =>
        SetAsync(key, value, options).AsTask().GetAwaiter().GetResult();

    public ValueTask SetAsync(string key, ReadOnlySequence<byte> value, DistributedCacheEntryOptions options, CancellationToken token = default) =>
        StoreAsync(key, value.IsSingleSegment ? value.First : value.ToArray(), options, token);

    public void Refresh(string key) => RefreshAsync(key).GetAwaiter().GetResult();

    public Task RefreshAsync(string key, CancellationToken token = default) => UseAsync(key, token).AsTask();

    public void Remove(string key) => RemoveAsync(key).GetAwaiter().GetResult();

    public async Task RemoveAsync(string key, CancellationToken token = default) =>
        await _client.DeleteAsync(KeyOf(key), cancellationToken: token).ConfigureAwait(false);

    private async ValueTask<KvReadResult> UseAsync(string key, CancellationToken cancellationToken)
    {
        var stored = KeyOf(key);
        var read = await _client.GetAsync(stored, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (!read.Found) return read;
        var now = _time.GetUtcNow();
        var expiry = CacheExpiry.Parse(read.ContentType);
        if (!expiry.HasToSlide(read.ExpiresAt, now) || expiry.TtlFrom(now) is not { } ttl || ttl <= TimeSpan.Zero) return read;

        // If somebody was faster the entry is newer than what was read, and has its own time to live.
        var unchanged = new KvWriteOptions { Ttl = ttl, Condition = KvCondition.Match(read.Revision) };
        await _client.PutAsync(stored, new KvValue(read.Value, read.ContentType), unchanged, cancellationToken).ConfigureAwait(false);
        return read;
    }

    private async ValueTask StoreAsync(string key, ReadOnlyMemory<byte> value, DistributedCacheEntryOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var now = _time.GetUtcNow();
        var expiry = CacheExpiry.Of(options, now);
        var writing = new KvWriteOptions { Ttl = expiry.TtlFrom(now) };
        await _client.PutAsync(KeyOf(key), new KvValue(value, expiry.ContentType), writing, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A cache's keys may be longer than the store's: those are named by their hash.</summary>
    private KvKey KeyOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var text = _prefix + key;
        if (Encoding.UTF8.GetByteCount(text) <= KvKey.BytesMax) return new KvKey(Encoding.UTF8.GetBytes(text));
        return new KvKey($"{_prefix}sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}");
    }
}

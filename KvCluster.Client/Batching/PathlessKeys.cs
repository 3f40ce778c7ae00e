namespace KvCluster.Client.Batching;

/// <summary>
/// Keys that no URL path can carry: <c>.</c> and <c>..</c> mean places (RFC 3986, section 5.2.4), and web servers refuse a zero byte.
/// They travel in the body of a batch of one.
/// </summary>
internal sealed class PathlessKeys(BatchExecutor batches)
{
    public static bool Includes(KvKey key) => key.Span is [(byte)'.'] or [(byte)'.', (byte)'.'] || key.Span.Contains((byte)0);

    public async ValueTask<KvReadResult> GetAsync(KvKey key, KvReadOptions options, CancellationToken cancellationToken)
    {
        var result = await RunAsync(KvBatchOperation.Get(key), cancellationToken).ConfigureAwait(false);
        var unchanged = result.Status == KvStatus.Found && result.Revision == options.IfNoneMatch;
        return new KvReadResult
        {
            Status = unchanged ? KvStatus.NotModified : result.Status,
            Value = unchanged ? default : result.Value,
            ContentType = unchanged ? "" : result.ContentType,
            Revision = result.Revision,
            ExpiresAt = result.ExpiresAt,
            Source = KvSource.Main,
            Staleness = TimeSpan.Zero,
        };
    }

    public async ValueTask<KvWriteResult> WriteAsync(KvBatchOperation operation, CancellationToken cancellationToken)
    {
        var result = await RunAsync(operation, cancellationToken).ConfigureAwait(false);
        return new KvWriteResult(result.Status, result.Revision, result.Copies);
    }

    public async ValueTask<KvCounterResult> IncrementAsync(KvKey key, long by, CancellationToken cancellationToken)
    {
        var result = await RunAsync(KvBatchOperation.Increment(key, by), cancellationToken).ConfigureAwait(false);
        return new KvCounterResult(result.Number, result.Revision, result.Copies);
    }

    private async ValueTask<KvBatchResult> RunAsync(KvBatchOperation operation, CancellationToken cancellationToken)
    {
        var results = await batches.ExecuteAsync([operation], cancellationToken).ConfigureAwait(false);
        return results[0].Error is { } error ? throw error : results[0];
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Text.Json.Serialization.Metadata;
using KvCluster.Client.Batching;
using KvCluster.Client.Configuration;
using KvCluster.Client.Diagnostics;
using KvCluster.Client.Health;
using KvCluster.Client.Http;
using KvCluster.Client.Listing;
using KvCluster.Client.Requests;
using KvCluster.Client.Retries;
using KvCluster.Client.Topology;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvCluster.Client;

/// <summary>The client of a cluster. One instance serves a whole program; every member may be called from many threads at once.</summary>
/// <remarks>
/// <para>It knows the topology, sends each request to the server that has the key, and follows the cluster through failovers
/// and moves: a killed main costs a caller a pause, not an exception. Writes are executed exactly once, however often they are sent.</para>
/// <para>What a program has to expect (absent keys, failed conditions) is a result. Every exception is a <see cref="KvClusterException"/>
/// and either definite, nothing was or will be applied, or unknown. A call that its caller cancels ends with
/// <see cref="OperationCanceledException"/>; whether a cancelled write took effect is not known.</para>
/// </remarks>
public sealed class KvClusterClient : IDisposable
{
    private readonly KvClientOptions _options;
    private readonly StoreHttpClientFactory _factory;
    private readonly ClientMetrics _metrics;
    private readonly RequestPipeline _pipeline;
    private readonly BatchExecutor _batches;
    private readonly PathlessKeys _pathless;
    private readonly KeyListing _listing;

    /// <summary>Opens no connection; the first call does.</summary>
    public KvClusterClient(KvClientOptions options, TimeProvider? time = null, ILoggerFactory? loggers = null, IMeterFactory? meters = null)
    {
        KvClientOptionsValidator.ThrowIfInvalid(options);
        time ??= TimeProvider.System;
        loggers ??= NullLoggerFactory.Instance;
        _options = options;
        _factory = new StoreHttpClientFactory(options);
        _metrics = new ClientMetrics(meters, () => _factory.Servers);
        var sender = new AttemptSender(_factory, time);
        ITopologySource source = options.StaticNodes.Count > 0
            ? new StaticTopologySource([.. options.StaticNodes])
            : new ClusterTopologySource(new FixedSeeds([.. options.Endpoints]), _factory, sender, time, loggers.CreateLogger<ClusterTopologyManager>());
        Topology = new ClusterTopologyManager(source, _factory, time, _metrics, loggers.CreateLogger<ClusterTopologyManager>());
        var retries = new RetryContext(Topology, new RetryBudget(time), _metrics, time, options.TimeBudget);
        var activity = new ServerActivity(loggers.CreateLogger<KvClusterClient>());
        _pipeline = new RequestPipeline(Topology, _factory, sender, activity, retries, options.AttemptTimeout);
        _batches = new BatchExecutor(Topology, _pipeline, retries);
        _pathless = new PathlessKeys(_batches);
        _listing = new KeyListing(Topology, _pipeline);
    }

    /// <summary>The client's map of the cluster.</summary>
    public ClusterTopologyManager Topology { get; }

    public async ValueTask<KvReadResult> GetAsync(KvKey key, KvReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= KvReadOptions.Default;
        if (PathlessKeys.Includes(key)) return await _pathless.GetAsync(key, options, cancellationToken).ConfigureAwait(false);
        var consistency = options.Consistency == default ? _options.Consistency : options.Consistency;
        var answer = await _pipeline.ReadAsync(RequestFactory.Get(key, options), RouteKey.Of(key), consistency, cancellationToken).ConfigureAwait(false);
        return ResultReader.Read(answer);
    }

    /// <summary>The value read as JSON; the default of <typeparamref name="T"/> when the key does not exist.</summary>
    public async ValueTask<T?> GetJsonAsync<T>(KvKey key, JsonTypeInfo<T> typeInfo, KvReadOptions? options = null, CancellationToken cancellationToken = default) =>
        (await GetAsync(key, options, cancellationToken).ConfigureAwait(false)).Json(typeInfo);

    [RequiresUnreferencedCode(JsonReflection.Reason)]
    [RequiresDynamicCode(JsonReflection.Reason)]
    public async ValueTask<T?> GetJsonAsync<T>(KvKey key, KvReadOptions? options = null, CancellationToken cancellationToken = default) =>
        (await GetAsync(key, options, cancellationToken).ConfigureAwait(false)).Json<T>();

    /// <summary>Stores a value whole.</summary>
    public async ValueTask<KvWriteResult> PutAsync(KvKey key, KvValue value, KvWriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (PathlessKeys.Includes(key)) return await _pathless.WriteAsync(KvBatchOperation.Put(key, value, options), cancellationToken).ConfigureAwait(false);
        var request = RequestFactory.Put(key, value, options ?? KvWriteOptions.Default);
        return ResultReader.Write(await _pipeline.WriteAsync(request, RouteKey.Of(key), cancellationToken).ConfigureAwait(false));
    }

    public ValueTask<KvWriteResult> PutJsonAsync<T>(
        KvKey key, T value, JsonTypeInfo<T> typeInfo, KvWriteOptions? options = null, CancellationToken cancellationToken = default) =>
        PutAsync(key, KvValue.Json(value, typeInfo), options, cancellationToken);

    [RequiresUnreferencedCode(JsonReflection.Reason)]
    [RequiresDynamicCode(JsonReflection.Reason)]
    public ValueTask<KvWriteResult> PutJsonAsync<T>(KvKey key, T value, KvWriteOptions? options = null, CancellationToken cancellationToken = default) =>
        PutAsync(key, KvValue.Json(value), options, cancellationToken);

    /// <summary>Changes a JSON value where it is.</summary>
    public async ValueTask<KvWriteResult> PatchAsync(KvKey key, KvPatch patch, KvWriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (PathlessKeys.Includes(key)) return await _pathless.WriteAsync(KvBatchOperation.Patch(key, patch, options), cancellationToken).ConfigureAwait(false);
        var request = RequestFactory.Patch(key, patch, options ?? KvWriteOptions.Default);
        return ResultReader.Write(await _pipeline.WriteAsync(request, RouteKey.Of(key), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Removes a key; <see cref="KvStatus.Deleted"/> also when there was none.</summary>
    public async ValueTask<KvWriteResult> DeleteAsync(KvKey key, KvWriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (PathlessKeys.Includes(key)) return await _pathless.WriteAsync(KvBatchOperation.Delete(key, options), cancellationToken).ConfigureAwait(false);
        var request = RequestFactory.Delete(key, options ?? KvWriteOptions.Default);
        return ResultReader.Delete(await _pipeline.WriteAsync(request, RouteKey.Of(key), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Adds to a counter; an absent key counts from zero.</summary>
    public async ValueTask<KvCounterResult> IncrementAsync(KvKey key, long by = 1, CancellationToken cancellationToken = default)
    {
        if (PathlessKeys.Includes(key)) return await _pathless.IncrementAsync(key, by, cancellationToken).ConfigureAwait(false);
        var request = RequestFactory.Increment(key, by);
        return ResultReader.Counter(await _pipeline.WriteAsync(request, RouteKey.Of(key), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// Any number of operations in few round trips: one request a node at a time, results in the order of the operations.
    /// Operations on one key are executed in that order too, unless one of them has to be sent again.
    /// </summary>
    public Task<KvBatchResult[]> BatchAsync(IReadOnlyList<KvBatchOperation> operations, CancellationToken cancellationToken = default) =>
        _batches.ExecuteAsync(operations, cancellationToken);

    /// <summary>The keys of the whole cluster in the order of their bytes.</summary>
    public IAsyncEnumerable<KvEntry> ListAsync(KvListOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= KvListOptions.Default;
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PageSize, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.PageSize, 1000, nameof(options));
        return _listing.ListAsync(options, cancellationToken);
    }

    public void Dispose()
    {
        Topology.Dispose();
        _metrics.Dispose();
        _factory.Dispose();
    }
}

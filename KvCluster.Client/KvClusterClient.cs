using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Text.Json.Serialization.Metadata;
using KvCluster.Client.Batching;
using KvCluster.Client.Configuration;
using KvCluster.Client.Diagnostics;
using KvCluster.Client.Health;
using KvCluster.Client.Requests;
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
    private readonly ClientParts _parts;

    /// <summary>Opens no connection; the first call does.</summary>
    /// <exception cref="ArgumentException">The options are not usable; the message names every mistake.</exception>
    public KvClusterClient(KvClientOptions options, TimeProvider? time = null, ILoggerFactory? loggers = null, IMeterFactory? meters = null)
        : this(options, new ClientEnvironment(time ?? TimeProvider.System, loggers ?? NullLoggerFactory.Instance, meters))
    {
    }

    internal KvClusterClient(KvClientOptions options, ClientEnvironment environment)
    {
        KvClientOptionsValidator.ThrowIfInvalid(options);
        _options = options;
        _parts = new ClientParts(options, environment);
    }

    /// <summary>The client's map of the cluster.</summary>
    public ClusterTopologyManager Topology => _parts.Topology;

    /// <summary>What is known of each server.</summary>
    public HealthMonitor Health => _parts.Health;

    /// <summary>Questions about the cluster itself.</summary>
    public ClusterInspector Cluster => _parts.Inspector;

    /// <summary>What an operator does to the cluster.</summary>
    public ClusterOperator Operator => _parts.Operator;

    internal ClientMetrics Metrics => _parts.Metrics;

    /// <summary>A client for a connection string, such as <c>http://10.0.0.7:8080,http://10.0.0.8:8080</c>.</summary>
    /// <exception cref="ArgumentException">The text is not a connection string.</exception>
    public static KvClusterClient Connect(string connectionString)
    {
        var options = new KvClientOptions();
        KvConnectionString.Parse(connectionString).ApplyTo(options);
        return new KvClusterClient(options);
    }

    public async ValueTask<KvReadResult> GetAsync(KvKey key, KvReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= KvReadOptions.Default;
        if (PathlessKeys.Includes(key)) return await _parts.Pathless.GetAsync(key, options, cancellationToken).ConfigureAwait(false);
        var consistency = options.Consistency ?? _options.Consistency;
        var answer = await _parts.Pipeline.ReadAsync(RequestFactory.Get(key, options), RouteKey.Of(key), consistency, cancellationToken).ConfigureAwait(false);
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
        if (PathlessKeys.Includes(key)) return await _parts.Pathless.WriteAsync(KvBatchOperation.Put(key, value, options), cancellationToken).ConfigureAwait(false);
        var request = RequestFactory.Put(key, value, options ?? KvWriteOptions.Default);
        return ResultReader.Write(await _parts.Pipeline.WriteAsync(request, RouteKey.Of(key), cancellationToken).ConfigureAwait(false));
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
        if (PathlessKeys.Includes(key)) return await _parts.Pathless.WriteAsync(KvBatchOperation.Patch(key, patch, options), cancellationToken).ConfigureAwait(false);
        var request = RequestFactory.Patch(key, patch, options ?? KvWriteOptions.Default);
        return ResultReader.Write(await _parts.Pipeline.WriteAsync(request, RouteKey.Of(key), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Removes a key; <see cref="KvStatus.Deleted"/> also when there was none.</summary>
    public async ValueTask<KvWriteResult> DeleteAsync(KvKey key, KvWriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (PathlessKeys.Includes(key)) return await _parts.Pathless.WriteAsync(KvBatchOperation.Delete(key, options), cancellationToken).ConfigureAwait(false);
        var request = RequestFactory.Delete(key, options ?? KvWriteOptions.Default);
        return ResultReader.Delete(await _parts.Pipeline.WriteAsync(request, RouteKey.Of(key), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Adds to a counter; an absent key counts from zero.</summary>
    public async ValueTask<KvCounterResult> IncrementAsync(KvKey key, long by = 1, CancellationToken cancellationToken = default)
    {
        if (PathlessKeys.Includes(key)) return await _parts.Pathless.IncrementAsync(key, by, cancellationToken).ConfigureAwait(false);
        var request = RequestFactory.Increment(key, by);
        return ResultReader.Counter(await _parts.Pipeline.WriteAsync(request, RouteKey.Of(key), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// Any number of operations in few round trips: one request a node at a time, results in the order of the operations.
    /// Operations on one key are executed in that order too, unless one of them has to be sent again.
    /// </summary>
    public Task<KvBatchResult[]> BatchAsync(IReadOnlyList<KvBatchOperation> operations, CancellationToken cancellationToken = default) =>
        _parts.Batches.ExecuteAsync(operations, cancellationToken);

    /// <summary>The keys of the whole cluster in the order of their bytes.</summary>
    public IAsyncEnumerable<KvEntry> ListAsync(KvListOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= KvListOptions.Default;
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PageSize, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.PageSize, 1000, nameof(options));
        return _parts.Listing.ListAsync(options, cancellationToken);
    }

    public void Dispose() => _parts.Dispose();
}

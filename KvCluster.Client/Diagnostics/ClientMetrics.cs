using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using KvCluster.Client.Http;

namespace KvCluster.Client.Diagnostics;

/// <summary>The meter <c>KvCluster.Client</c>. What counts is observable, hence emits from the first collection on; the durations have a counter beside them that does.</summary>
internal sealed class ClientMetrics : IDisposable
{
    public const string Name = "KvCluster.Client";

    /// <summary>The conventions' boundaries, and two below them: a read in the same rack takes less than a millisecond.</summary>
    private static readonly InstrumentAdvice<double> Buckets = new() { HistogramBucketBoundaries = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] };
    private static readonly KeyValuePair<string, object?> SystemName = new("db.system.name", "kvcluster");

    private static readonly string[] Outcomes = ["ok", "error"];

    private readonly Meter _meter;
    private readonly long[] _retries = new long[Enum.GetValues<RetryReason>().Length];
    private readonly Histogram<double> _duration;
    private readonly long[] _operations = new long[Outcomes.Length];
    private long _redirects;
    private long _refreshes;
    private long _checkFailures;

    public ClientMetrics(IMeterFactory? meters, Func<IEnumerable<StoreServer>> servers)
    {
        _meter = meters?.Create(Name) ?? new Meter(Name);
        _meter.CreateObservableCounter(
            "kvcluster.client.redirects", () => Volatile.Read(ref _redirects), "{redirect}", "Answers that named another server.");
        _meter.CreateObservableCounter(
            "kvcluster.client.retries", ObserveRetries, "{retry}", "Requests sent once more, or waited with, by reason.");
        _meter.CreateObservableCounter(
            "kvcluster.client.topology.refreshes", () => Volatile.Read(ref _refreshes), "{refresh}", "Times the cluster was asked for its topology.");
        _meter.CreateObservableCounter(
            "kvcluster.client.health_check.failures", () => Volatile.Read(ref _checkFailures), "{failure}", "Health checks of servers that found them away or not ready.");
        _duration = _meter.CreateHistogram("db.client.operation.duration", "s", "One call of the library, retries and redirects included.", advice: Buckets);
        _meter.CreateObservableCounter(
            "kvcluster.client.operations", ObserveOperations, "{operation}", "Calls of the library that ended.");
        _meter.CreateObservableUpDownCounter(
            "kvcluster.client.servers.inactive", () => servers().Count(server => !server.IsActive), "{server}", "Known servers that do not answer.");
    }

    public long Redirects => Volatile.Read(ref _redirects);
    public long TopologyRefreshes => Volatile.Read(ref _refreshes);
    public long Retries => _retries.Sum();

    /// <summary>The moment from which a call counts; zero when nobody wants to know.</summary>
    public long Begin() => _duration.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <param name="error">A problem code, or the name of an exception; none for a call that succeeded.</param>
    public void End(string operation, string? error, long began)
    {
        Interlocked.Increment(ref _operations[error is null ? 0 : 1]);
        if (began == 0) return;
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var name = new KeyValuePair<string, object?>("db.operation.name", operation);
        if (error is null) _duration.Record(seconds, SystemName, name);
        else _duration.Record(seconds, SystemName, name, new KeyValuePair<string, object?>("error.type", error));
    }

    public static string ErrorOf(Exception exception) => exception is KvClusterException failed ? failed.Code : exception.GetType().FullName!;
    public static string StatusText(HttpStatusCode status) => ((int)status).ToString(CultureInfo.InvariantCulture);

    public void OnHealthCheckFailed() => Interlocked.Increment(ref _checkFailures);
    public void OnRedirect() => Interlocked.Increment(ref _redirects);
    public void OnTopologyRefresh() => Interlocked.Increment(ref _refreshes);
    public void OnRetry(RetryReason reason) => Interlocked.Increment(ref _retries[(int)reason]);

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> ObserveOperations() => Outcomes.Select((outcome, place) =>
        new Measurement<long>(Volatile.Read(ref _operations[place]), new KeyValuePair<string, object?>("kvcluster.client.operation.outcome", outcome)));

    private IEnumerable<Measurement<long>> ObserveRetries() => Enum.GetValues<RetryReason>().Select(reason =>
        new Measurement<long>(Volatile.Read(ref _retries[(int)reason]), new KeyValuePair<string, object?>("kvcluster.retry.reason", NameOf(reason))));

    private static string NameOf(RetryReason reason) => reason switch
    {
        RetryReason.NoRoute => "no_route",
        RetryReason.Unreachable => "unreachable",
        RetryReason.NoAnswer => "no_answer",
        RetryReason.Redirected => "redirected",
        _ => "refused",
    };
}

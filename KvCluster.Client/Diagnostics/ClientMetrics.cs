using System.Diagnostics.Metrics;
using KvCluster.Client.Http;

namespace KvCluster.Client.Diagnostics;

/// <summary>The meter <c>KvCluster.Client</c>. Every instrument is observable, hence emits from the first collection on.</summary>
internal sealed class ClientMetrics : IDisposable
{
    public const string Name = "KvCluster.Client";

    private readonly Meter _meter;
    private readonly long[] _retries = new long[Enum.GetValues<RetryReason>().Length];
    private long _redirects;
    private long _refreshes;

    public ClientMetrics(IMeterFactory? meters, Func<IEnumerable<StoreServer>> servers)
    {
        _meter = meters?.Create(Name) ?? new Meter(Name);
        _meter.CreateObservableCounter(
            "kvcluster.client.redirects", () => Volatile.Read(ref _redirects), "{redirect}", "Answers that named another server.");
        _meter.CreateObservableCounter(
            "kvcluster.client.retries", ObserveRetries, "{retry}", "Requests sent once more, or waited with, by reason.");
        _meter.CreateObservableCounter(
            "kvcluster.client.topology.refreshes", () => Volatile.Read(ref _refreshes), "{refresh}", "Times the cluster was asked for its topology.");
        _meter.CreateObservableUpDownCounter(
            "kvcluster.client.servers.inactive", () => servers().Count(server => !server.IsActive), "{server}", "Known servers that do not answer.");
    }

    public long Redirects => Volatile.Read(ref _redirects);
    public long TopologyRefreshes => Volatile.Read(ref _refreshes);
    public long Retries => _retries.Sum();

    public void OnRedirect() => Interlocked.Increment(ref _redirects);
    public void OnTopologyRefresh() => Interlocked.Increment(ref _refreshes);
    public void OnRetry(RetryReason reason) => Interlocked.Increment(ref _retries[(int)reason]);

    public void Dispose() => _meter.Dispose();

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

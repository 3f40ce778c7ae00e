using KvCluster.Hosting.Plan;

namespace KvCluster.AppHost.Page;

/// <summary>Fetches the metrics of every server that holds data, every two seconds, and makes samples of them.</summary>
internal sealed class LoadSampler(ClusterPlan plan, PageFeed feed, TimeProvider time) : IDisposable
{
    public const string Path = "/metrics";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(1) }) { Timeout = TimeSpan.FromSeconds(2) };
    private readonly Dictionary<string, OperationCounts> _last = [];
    private long _lastAt;

    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                await SampleAsync(stop);
        }
        catch (OperationCanceledException)
        {
            // The cluster stops.
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task SampleAsync(CancellationToken stop)
    {
        var servers = plan.Nodes.SelectMany(node => node.Servers).ToArray();
        var counts = await Task.WhenAll(servers.Select(server => FetchAsync(server, stop)));
        var now = time.GetTimestamp();
        var differences = new List<OperationCounts>();
        foreach (var (server, count) in servers.Zip(counts))
        {
            if (count is null)
                continue;
            differences.Add(count.Since(_last.GetValueOrDefault(server.Name)));
            _last[server.Name] = count;
        }

        if (_lastAt != 0)
            feed.Add(Sample(OperationCounts.Sum(differences), time.GetElapsedTime(_lastAt, now).TotalSeconds));
        _lastAt = now;
    }

    private LoadSample Sample(OperationCounts counts, double seconds) => new(
        time.GetUtcNow().ToUnixTimeMilliseconds(),
        counts.Reads / seconds,
        counts.Writes / seconds,
        counts.ReadQuantile(0.5),
        counts.ReadQuantile(0.99),
        counts.WriteQuantile(0.5),
        counts.WriteQuantile(0.99),
        feed.View?.Nodes.SelectMany(node => node.Servers).Max(server => server.Lag ?? 0) ?? 0);

    /// <summary>None from a server that does not answer: it has no part in this sample.</summary>
    private async Task<OperationCounts?> FetchAsync(ServerPlan server, CancellationToken stop)
    {
        try
        {
            var text = await _http.GetStringAsync(new Uri(server.Url, Path), stop);
            return OperationCounts.Parse(text.Split('\n'));
        }
        catch (Exception error) when (error is HttpRequestException or IOException || (error is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return null;
        }
    }
}

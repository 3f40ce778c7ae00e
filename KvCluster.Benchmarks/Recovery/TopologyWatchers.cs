using System.Diagnostics;
using System.Globalization;

namespace KvCluster.Benchmarks.Recovery;

/// <summary>Many clients that watch the topology by server-sent events, each on a connection of its own.</summary>
internal sealed class TopologyWatchers : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = int.MaxValue }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource _stop = new();
    private readonly long[] _versions;

    private TopologyWatchers(int count) => _versions = new long[count];

    /// <summary>Returns when each watcher has had the present topology.</summary>
    public static async Task<TopologyWatchers> StartAsync(IReadOnlyList<Uri> servers, int count, CancellationToken cancellation)
    {
        var watchers = new TopologyWatchers(count);
        for (var watcher = 0; watcher < count; watcher++) _ = watchers.WatchAsync(watcher, new Uri(servers[watcher % servers.Count], "/cluster/topology/watch"));
        await watchers.WaitAsync(1, cancellation);
        return watchers;
    }

    /// <summary>Waits until every watcher has this version or a newer one.</summary>
    public async Task WaitAsync(long version, CancellationToken cancellation)
    {
        var waited = Stopwatch.StartNew();
        while (_versions.Any(seen => seen < version))
        {
            if (waited.Elapsed > Patience) throw new BenchmarkException($"Only {_versions.Count(seen => seen >= version)} of {_versions.Length} watchers have version {version}.");
            await Task.Delay(1, cancellation);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task WatchAsync(int watcher, Uri stream)
    {
        try
        {
            using var reader = new StreamReader(await _http.GetStreamAsync(stream, _stop.Token));
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
                if (line.StartsWith("id:", StringComparison.Ordinal)) Volatile.Write(ref _versions[watcher], long.Parse(line.AsSpan(3).Trim(), CultureInfo.InvariantCulture));
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or HttpRequestException or ObjectDisposedException)
        {
            // The measurement is over, or its waiting will say which watchers are missing.
        }
    }
}

using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using KvCluster.Client.Diagnostics;
using KvCluster.Client.Http;
using KvCluster.Protocol.Json;
using Microsoft.Extensions.Logging;

namespace KvCluster.Client.Topology;

/// <summary>
/// Has the cluster tell of each newer topology, so that a failover is known before a request runs into it. One server at a time, any of
/// them; when it goes, the next. It only ever offers what it hears: without it the client works as well, and learns later.
/// </summary>
internal sealed class TopologyWatch : IDisposable
{
    private const string Path = "/cluster/topology/watch";

    // The server sends a sign of life every ten seconds.
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(10);
    private readonly ClusterTopologyManager _topology;
    private readonly StoreHttpClientFactory _factory;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stop;
    private int _started;

    public TopologyWatch(ClusterTopologyManager topology, StoreHttpClientFactory factory, TimeProvider time, ILogger<TopologyWatch> logger)
    {
        (_topology, _factory, _time, _logger, _stop) = (topology, factory, time, logger, _stopping.Token);
    }

    /// <summary>Begins to watch; called when the client first has a topology. A second call does nothing.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0) _ = Task.Run(RunAsync, CancellationToken.None);
    }

    private async Task RunAsync()
    {
        var pause = PauseMin;
        StoreServer? last = null;
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                last = Choose(last);
                if (last is not null && await TryWatchAsync(last).ConfigureAwait(false)) pause = PauseMin;
                await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), _time, _stop).ConfigureAwait(false);
                pause = TimeSpan.FromTicks(Math.Min(PauseMax.Ticks, pause.Ticks * 2));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The client is being disposed of.
        }
    }

    // At random, so that a thousand clients do not all sit at one server.
    private StoreServer? Choose(StoreServer? last)
    {
        StoreServer[] servers = [.. _topology.Routing?.Servers ?? []];
        var candidates = servers.Where(server => server.IsActive && server != last).ToArray();
        return candidates.Length > 0 ? candidates[Random.Shared.Next(candidates.Length)] : servers.Length > 0 ? servers[Random.Shared.Next(servers.Length)] : null;
    }

    /// <returns>True when the server told anything.</returns>
    private async Task<bool> TryWatchAsync(StoreServer server)
    {
        var hasHeard = false;
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(_stop);
        try
        {
            silence.CancelAfter(SilenceMax);
            using var request = new HttpRequestMessage(HttpMethod.Get, server.Base + Path);
            using var response = await _factory.SendAsync(request, silence.Token).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK) return false;
            await using var stream = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
            await using var watched = new HeardStream(stream, () => silence.CancelAfter(SilenceMax));
            await foreach (var item in SseParser.Create(watched, (_, data) => JsonSerializer.Deserialize(data, KvJson.Default.ClusterTopology)).EnumerateAsync(silence.Token).ConfigureAwait(false))
            {
                hasHeard = true;
                if (item.Data is { } topology && ClusterTopologySource.IsUsable(topology)) _topology.Offer(topology);
            }
        }
        catch (Exception ended) when (ended is HttpRequestException or IOException or JsonException || (ended is OperationCanceledException && !_stop.IsCancellationRequested))
        {
            ClientLog.WatchEnded(_logger, server.Base, ended.Message);
        }

        return hasHeard;
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }
}

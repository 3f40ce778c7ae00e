using System.Net;
using KvCluster.Client.Diagnostics;
using KvCluster.Client.Http;
using KvCluster.Client.Topology;

namespace KvCluster.Client.Health;

/// <summary>Checks every known server, main and replica, and looks after those that do not answer.</summary>
/// <remarks>
/// <para>All servers are checked once an interval. A server that failed is checked sooner, after a quarter of a second and then ever
/// less often up to the interval, so that its recovery is noticed soon without a burden on it.</para>
/// <para>A server that has requests and gives no answer to any of them for half a second has perhaps been replaced already: the
/// topology is asked for, and when it names another main nobody waits for the old one any longer. The half second lies below the
/// time a failover takes, so a pause of the server alone makes no request fail.</para>
/// </remarks>
public sealed class HealthMonitor : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StallMin = TimeSpan.FromMilliseconds(500);

    private readonly ClusterTopologyManager _topology;
    private readonly StoreHttpClientFactory _factory;
    private readonly AttemptSender _sender;
    private readonly ServerActivity _activity;
    private readonly ClientMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly Dictionary<StoreServer, CheckPlan> _plans = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stop;
    private int _started;

    internal HealthMonitor(
        ClusterTopologyManager topology, StoreHttpClientFactory factory, AttemptSender sender, ServerActivity activity, ClientMetrics metrics, TimeProvider time, TimeSpan interval)
    {
        _stop = _stopping.Token;
        _topology = topology;
        _factory = factory;
        _sender = sender;
        _activity = activity;
        _metrics = metrics;
        _time = time;
        _interval = interval;
    }

    /// <summary>Mains and replicas of the newest topology, with what is known of each.</summary>
    public IReadOnlyList<StoreServer> Servers => _topology.Routing is { } routing ? routing.Servers : [];

    /// <summary>Begins to watch; called when the client first has a topology. A second call does nothing.</summary>
    internal void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0) _ = Task.Run(RunAsync, CancellationToken.None);
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Tick, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop).ConfigureAwait(false))
            {
                if (Servers.Any(IsStalled)) await _topology.RefreshAsync(_stop).ConfigureAwait(false);
                StartDueChecks();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The client is being disposed of.
        }

        await Task.WhenAll(_plans.Values.Select(plan => plan.Running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private bool IsStalled(StoreServer server) => server.PendingCount > 0 && _time.GetElapsedTime(server.LastAnswer) > StallMin;

    private void StartDueChecks()
    {
        var servers = Servers;
        foreach (var server in servers)
        {
            if (!_plans.TryGetValue(server, out var plan)) _plans[server] = plan = new CheckPlan(_time, _interval);
            if (plan.IsDue(server.IsActive)) plan.Running = CheckAsync(server, plan);
        }

        foreach (var (gone, _) in _plans.Where(known => known.Value.Running.IsCompleted && !servers.Contains(known.Key)).ToList())
        {
            _plans.Remove(gone);
            _factory.Forget(gone);
        }
    }

    private async Task CheckAsync(StoreServer server, CheckPlan plan)
    {
        var message = new HttpRequestMessage(HttpMethod.Get, server.Base + "/health");
        var attempt = await _sender.SendAsync(server, message, CheckTimeout, asMain: false, _stop).ConfigureAwait(false);
        if (attempt.Answer is null) _activity.OnFailed(server, attempt.Error!.Message);
        else if (attempt.Answer.Status != HttpStatusCode.OK) _activity.OnFailed(server, $"its health answers with status {(int)attempt.Answer.Status}");
        else _activity.OnAnswered(server);
        if (attempt.Answer is not { Status: HttpStatusCode.OK }) _metrics.OnHealthCheckFailed();
        plan.OnChecked(server.IsActive);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }
}

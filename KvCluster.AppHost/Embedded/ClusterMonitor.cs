using System.Collections.Concurrent;
using KvCluster.Hosting.Plan;
using KvCluster.Hosting.Sight;
using KvCluster.Protocol.Contracts;

namespace KvCluster.AppHost.Embedded;

/// <summary>Watches the cluster, tells the reporter and keeps the state file true.</summary>
internal sealed class ClusterMonitor(
    ClusterPlan plan,
    ClusterProbe probe,
    StateFile? stateFile,
    IClusterReporter reporter,
    IClusterWatcher? watcher,
    TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Where nobody reads every change at once, asking each server four times a second would only warm the laptop.</summary>
    private static readonly TimeSpan IdleInterval = TimeSpan.FromSeconds(1);

    /// <summary>All slots are served, but a server is not healthy: after so long the cluster counts as up all the same.</summary>
    private static readonly TimeSpan HealthPatience = TimeSpan.FromSeconds(45);

    /// <summary>How often somebody who waits for the cluster is told what it waits for.</summary>
    private static readonly TimeSpan LateInterval = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, int> _processes = new();
    private readonly SemaphoreSlim _wake = new(0);
    private ClusterStatus? _last;
    private ClusterView? _written;
    private ClusterView? _reported;
    private long? _servedSince;
    private long _waitingSince = time.GetTimestamp();

    /// <summary>Called by the supervisor of a server; the view is refreshed at once.</summary>
    public void OnProcessChanged(ServerPlan server, int? processId)
    {
        if (processId is { } id)
            _processes[server.Name] = id;
        else
            _processes.TryRemove(server.Name, out _);
        _wake.Release();
    }

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var isUp = await RefreshAsync(stop);
                await _wake.WaitAsync(isUp && stateFile is null && watcher is not { IsLooking: true } ? IdleInterval : Interval, stop);
            }
        }
        catch (OperationCanceledException)
        {
            // The cluster stops.
        }
    }

    public void Dispose() => _wake.Dispose();

    private async Task<bool> RefreshAsync(CancellationToken stop)
    {
        var view = await ObserveAsync(stop);
        if (_reported is not null)
            ReportChange(view);
        else if (!view.AllSlotsServed || !await IsHealthyAsync(stop))
            ReportLate(view);
        else
            ReportUp(await ObserveAsync(stop)); // Again, since what was seen before may be from before they were healthy.
        return _reported is not null;
    }

    private async Task<ClusterView> ObserveAsync(CancellationToken stop)
    {
        var status = await probe.AskStatusAsync(_last, stop);
        _last = status ?? _last;
        var view = ClusterView.Compose(plan, _processes, _last, answered: status is not null);
        Write(view);
        watcher?.OnObserved(view, status);
        return view;
    }

    private void ReportUp(ClusterView view)
    {
        _reported = view;
        reporter.OnClusterUp(view);
    }

    private void ReportLate(ClusterView view)
    {
        if (time.GetElapsedTime(_waitingSince) < LateInterval)
            return;
        _waitingSince = time.GetTimestamp();
        reporter.OnClusterLate(view);
    }

    private void ReportChange(ClusterView view)
    {
        if (view.Matches(_reported!))
            return;
        reporter.OnClusterChanged(_reported!, view);
        _reported = view;
    }

    private async Task<bool> IsHealthyAsync(CancellationToken stop)
    {
        _servedSince ??= time.GetTimestamp();
        var healthy = await probe.AskHealthAsync(stop);
        return plan.Servers.All(server => healthy.Contains(server.Name)) || time.GetElapsedTime(_servedSince.Value) >= HealthPatience;
    }

    private void Write(ClusterView view)
    {
        var isDue = _written is null ? view.AllSlotsServed : !view.Matches(_written);
        if (stateFile is null || !isDue)
            return;
        try
        {
            stateFile.Write(view);
            _written = view;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            reporter.OnWarning($"The state file cannot be written: {error.Message}");
        }
    }
}

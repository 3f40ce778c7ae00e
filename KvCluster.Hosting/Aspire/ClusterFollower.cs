using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using KvCluster.Hosting.Sight;
using KvCluster.Protocol.Contracts;
using Microsoft.Extensions.Hosting;

namespace KvCluster.Hosting.Aspire;

/// <summary>Asks the cluster again and again how it is, shows each server's true role as the state of its resource, and has Aspire look at
/// the cluster's health as soon as it changes.</summary>
/// <remarks>
/// Only the state of a process that runs is replaced: that it starts, stops or has ended is known better by who runs it. Whoever depends on
/// the cluster waits for the cluster's resource, whose state stays <c>Running</c>; a server's state is for people.
/// </remarks>
internal sealed class ClusterFollower(KvClusterResource cluster, ResourceNotificationService notifications) : BackgroundService
{
    /// <summary>The state of the cluster's resource for the moment in which Aspire is told to look.</summary>
    internal const string Looking = "looking";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private readonly ConcurrentDictionary<string, string> _shown = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _ours = new(StringComparer.Ordinal);
    private ClusterCondition _condition = ClusterCondition.Unhealthy;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(WatchAsync(stoppingToken), AskAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The AppHost ends.
        }
    }

    public override void Dispose()
    {
        cluster.Placement.Dispose();
        base.Dispose();
    }

    private async Task WatchAsync(CancellationToken cancellation)
    {
        await foreach (var change in notifications.WatchAsync(cancellation))
        {
            if (change.Resource == cluster || cluster.Servers.ContainsKey(change.Resource.Name))
                _shown[change.Resource.Name] = change.Snapshot.State?.Text ?? "";
        }
    }

    private async Task AskAsync(CancellationToken cancellation)
    {
        using var probe = new ClusterProbe(cluster.Placement.PlanFor(cluster.Options));
        using var timer = new PeriodicTimer(Interval);
        do
        {
            var status = await probe.AskStatusAsync(cluster.Watch.Last, cancellation);
            cluster.Watch.Note(status);
            foreach (var server in cluster.Servers.Values)
                await ShowAsync(server, status);
            await LookAsync(ClusterHealth.Of(status).Condition);
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    /// <summary>Aspire asks a healthy resource for its health twice a minute, and at once when the text of its state changes.</summary>
    private async Task LookAsync(ClusterCondition condition)
    {
        if (condition == _condition || _shown.GetValueOrDefault(cluster.Name) != KnownResourceStates.Running)
            return;
        _condition = condition;
        foreach (var state in (string[])[Looking, KnownResourceStates.Running])
            await notifications.PublishUpdateAsync(cluster, snapshot => snapshot with { State = state });
    }

    private async Task ShowAsync(ProjectResource server, ClusterStatus? status)
    {
        var shown = _shown.GetValueOrDefault(server.Name, "");
        if (shown != KnownResourceStates.Running && shown != _ours.GetValueOrDefault(server.Name))
            return;
        var sight = SightOf(server.Name, status);
        if (sight.Text == shown)
            return;
        _ours[server.Name] = sight.Text;
        var style = sight.Tone switch
        {
            StateTone.Good => KnownResourceStateStyles.Success,
            StateTone.Busy => KnownResourceStateStyles.Info,
            StateTone.Warning => KnownResourceStateStyles.Warn,
            _ => KnownResourceStateStyles.Error,
        };
        await notifications.PublishUpdateAsync(server, snapshot => snapshot with { State = new ResourceStateSnapshot(sight.Text, style) });
    }

    private ServerSight SightOf(string name, ClusterStatus? status)
    {
        if (cluster.Watch.Processes.StateOf(name) == ServerProcessState.Paused)
            return new ServerSight("paused", StateTone.Warning);
        return status?.Servers.FirstOrDefault(server => server.Name == name) is { } known
            ? ServerSight.Of(known)
            : new ServerSight("not in the cluster yet", StateTone.Busy);
    }
}

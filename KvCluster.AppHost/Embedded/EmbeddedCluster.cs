using System.Collections.Concurrent;
using KvCluster.Hosting.Plan;
using KvCluster.Hosting.Sight;

namespace KvCluster.AppHost.Embedded;

/// <summary>Runs a cluster plan as child processes of this one, where Aspire's packages cannot be had.</summary>
/// <remarks>
/// All servers start at the same moment and find each other by themselves; the orchestrator gives no orders to the cluster, it only keeps
/// the processes running and reports. Each server has a supervisor, one monitor looks at all of them, and both end when the
/// cluster is stopped.
/// When this process is killed the servers notice by themselves (see <see cref="ServerProcess"/>).
/// </remarks>
internal sealed class EmbeddedCluster(
    ClusterPlan plan,
    ServerCommand command,
    string? stateFile,
    IClusterReporter reporter,
    TimeProvider time,
    IClusterWatcher? watcher = null,
    CompanionProcess? companion = null)
{
    private readonly ConcurrentDictionary<string, ServerSupervisor> _supervisors = new();

    /// <summary>Starts a server at once that waits for its next start.</summary>
    /// <returns>False when it does not wait.</returns>
    public bool TryStartNow(string server) => _supervisors.TryGetValue(server, out var supervisor) && supervisor.TryStartNow();

    /// <summary>Returns when every server has ended.</summary>
    /// <param name="stop">Asks all servers to stop.</param>
    /// <param name="kill">Kills those that have not.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken kill)
    {
        var state = stateFile is null ? null : new StateFile(stateFile);
        state?.Clear();
        using var probe = new ClusterProbe(plan);
        using var monitor = new ClusterMonitor(plan, probe, state, reporter, watcher, time);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using var announcement = stopping.Token.Register(reporter.OnStopping);
        var runs = plan.Servers.Select(server => Supervise(server, monitor).RunAsync(stopping.Token, kill)).ToList();
        runs.Add(WatchAsync(monitor, state, stopping.Token));
        if (companion is not null)
            runs.Add(companion.RunAsync(reporter, stopping.Token, kill));
        await Task.WhenAll(runs.Select(run => StopOthersOnFailureAsync(run, stopping)));
    }

    /// <summary>The file goes when the stop begins: what it says is no longer true from then on.</summary>
    private static async Task WatchAsync(ClusterMonitor monitor, StateFile? state, CancellationToken stop)
    {
        await monitor.RunAsync(stop);
        state?.Clear();
    }

    /// <summary>A mistake of the orchestrator itself must end the run and not leave half of it working.</summary>
    private static async Task StopOthersOnFailureAsync(Task run, CancellationTokenSource stopping)
    {
        try
        {
            await run;
        }
        catch
        {
            await stopping.CancelAsync();
            throw;
        }
    }

    private ServerSupervisor Supervise(ServerPlan server, ClusterMonitor monitor)
    {
        Directory.CreateDirectory(server.DataDirectory);
        var supervisor = new ServerSupervisor(server, command, reporter, time);
        _supervisors[server.Name] = supervisor;
        supervisor.ProcessChanged += processId => monitor.OnProcessChanged(server, processId);
        return supervisor;
    }
}

using System.Threading.Channels;
using KvCluster.AppHost.Embedded;
using KvCluster.Hosting.Plan;

namespace KvCluster.Tests.AppHost;

/// <summary>Keeps what it is told, and lets a test wait for it.</summary>
internal sealed class RecordingReporter : IClusterReporter
{
    private readonly Channel<ClusterEvent> _events = Channel.CreateUnbounded<ClusterEvent>();

    /// <summary>The next event that matches; those before it are gone.</summary>
    public async Task<ClusterEvent> WaitForAsync(Func<ClusterEvent, bool> matches, CancellationToken cancellation)
    {
        while (true)
        {
            var next = await _events.Reader.ReadAsync(cancellation);
            if (matches(next))
                return next;
        }
    }

    public Task<ClusterEvent> WaitForAsync(string kind, CancellationToken cancellation) =>
        WaitForAsync(next => next.Kind == kind, cancellation);

    public void OnServerStarted(ServerPlan server, int processId) => Add(new ClusterEvent("started", server.Name, processId));

    public void OnServerLine(ServerPlan server, string line) => Add(new ClusterEvent("line", server.Name, Text: line));

    public void OnCompanionLine(string name, string line) => Add(new ClusterEvent("line", name, Text: line));

    public void OnServerExited(ServerPlan server, int exitCode, TimeSpan restartsIn) =>
        Add(new ClusterEvent("exited", server.Name, exitCode));

    public void OnServerStartFailed(ServerPlan server, string reason, TimeSpan restartsIn) =>
        Add(new ClusterEvent("start failed", server.Name, Text: reason));

    public void OnServerKilled(ServerPlan server) => Add(new ClusterEvent("killed", server.Name));

    public void OnClusterUp(ClusterView view) => Add(new ClusterEvent("up", View: view));

    public void OnClusterLate(ClusterView view) => Add(new ClusterEvent("late", View: view));

    public void OnClusterChanged(ClusterView before, ClusterView after) => Add(new ClusterEvent("changed", View: after));

    public void OnWarning(string message) => Add(new ClusterEvent("warning", Text: message));

    public void OnStopping() => Add(new ClusterEvent("stopping"));

    private void Add(ClusterEvent next) => _events.Writer.TryWrite(next);
}

using KvCluster.AppHost.Embedded;
using KvCluster.Hosting.Plan;

namespace KvCluster.AppHost.Page;

/// <summary>Shows on the page what the terminal is told, and passes it on.</summary>
internal sealed class PageReporter(PageFeed feed, IClusterReporter next) : IClusterReporter
{
    public void OnServerStarted(ServerPlan server, int processId)
    {
        feed.Add(PageEventKind.Server, FormattableString.Invariant($"{server.Name} started, process {processId}"));
        next.OnServerStarted(server, processId);
    }

    public void OnServerLine(ServerPlan server, string line)
    {
        feed.AddLine(server.Name, line);
        next.OnServerLine(server, line);
    }

    public void OnCompanionLine(string name, string line)
    {
        feed.AddLine(name, line);
        next.OnCompanionLine(name, line);
    }

    public void OnServerExited(ServerPlan server, int exitCode, TimeSpan restartsIn)
    {
        feed.Add(PageEventKind.Server, FormattableString.Invariant($"{server.Name} ended with exit code {exitCode}"));
        next.OnServerExited(server, exitCode, restartsIn);
    }

    public void OnServerStartFailed(ServerPlan server, string reason, TimeSpan restartsIn)
    {
        feed.Add(PageEventKind.Server, $"{server.Name} cannot be started: {reason}");
        next.OnServerStartFailed(server, reason, restartsIn);
    }

    public void OnServerKilled(ServerPlan server) => next.OnServerKilled(server);

    public void OnClusterUp(ClusterView view) => next.OnClusterUp(view);

    public void OnClusterLate(ClusterView view) => next.OnClusterLate(view);

    public void OnClusterChanged(ClusterView before, ClusterView after) => next.OnClusterChanged(before, after);

    public void OnWarning(string message)
    {
        feed.Add(PageEventKind.Cluster, message);
        next.OnWarning(message);
    }

    public void OnStopping() => next.OnStopping();
}

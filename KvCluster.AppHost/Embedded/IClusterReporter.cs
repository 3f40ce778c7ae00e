using KvCluster.Hosting.Plan;

namespace KvCluster.AppHost.Embedded;

/// <summary>Is told what happens, in the order in which it happens to each server. Called from many threads at once.</summary>
internal interface IClusterReporter
{
    void OnServerStarted(ServerPlan server, int processId);

    /// <summary>A line of the server's own output.</summary>
    void OnServerLine(ServerPlan server, string line);

    /// <summary>A line of a program that runs beside the cluster.</summary>
    void OnCompanionLine(string name, string line);
    void OnServerExited(ServerPlan server, int exitCode, TimeSpan restartsIn);

    /// <summary>The program could not be started; it is tried again.</summary>
    void OnServerStartFailed(ServerPlan server, string reason, TimeSpan restartsIn);

    /// <summary>The server did not stop in time when it was asked to.</summary>
    void OnServerKilled(ServerPlan server);

    /// <summary>For the first time every slot is served and, unless that takes long, every server is healthy.</summary>
    void OnClusterUp(ClusterView view);

    /// <summary>The cluster has been starting for a while and is still not up.</summary>
    void OnClusterLate(ClusterView view);

    /// <summary>After <see cref="OnClusterUp"/>: somebody's role or state, the master, or whether all slots are served.</summary>
    void OnClusterChanged(ClusterView before, ClusterView after);

    /// <summary>Something that does not stop the cluster but that the user should know.</summary>
    void OnWarning(string message);

    void OnStopping();
}

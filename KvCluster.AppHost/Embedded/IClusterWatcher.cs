using KvCluster.Protocol.Contracts;

namespace KvCluster.AppHost.Embedded;

/// <summary>Is shown every look at the cluster, whether anything has changed or not.</summary>
internal interface IClusterWatcher
{
    /// <summary>Somebody wants to see every change at once.</summary>
    bool IsLooking { get; }

    /// <param name="status">None when no server answered.</param>
    void OnObserved(ClusterView view, ClusterStatus? status);
}

using System.Globalization;
using KvCluster.Client.Http;
using KvCluster.Client.Topology;

namespace KvCluster.Client.Requests;

/// <summary>Which servers of a node a read asks, in which order, and with which <c>consistency</c> option.</summary>
internal static class ReadOrder
{
    private const string ReplicaOption = "replica";

    public static ReadTargets Of(NodeRoute route, KvConsistency consistency)
    {
        var main = new ReadTarget(route.Main, null);
        if (route.Replica is not { } replicaServer) return new ReadTargets(main, null);
        switch (consistency.Kind)
        {
            case KvConsistencyKind.Linearizable:
                return new ReadTargets(main, null);
            case KvConsistencyKind.Replica:
                return new ReadTargets(new ReadTarget(replicaServer, ReplicaOption), main);
            case KvConsistencyKind.Bounded:
                var bound = string.Create(CultureInfo.InvariantCulture, $"bounded;ms={(long)consistency.Staleness.TotalMilliseconds}");
                return new ReadTargets(new ReadTarget(replicaServer, bound), main);
            default:
                // A main that did not answer lately is still asked, but second, so that a read does not wait for it.
                var replica = new ReadTarget(replicaServer, ReplicaOption);
                return route.Main.IsActive || !replicaServer.IsActive ? new ReadTargets(main, replica) : new ReadTargets(replica, main);
        }
    }
}

using System.Diagnostics;

namespace KvCluster.Node.Diagnostics;

/// <summary>The activity source <c>KvCluster.Node</c> and the names of its spans; docs/OPERATIONS.md says what each means.</summary>
internal static class NodeActivities
{
    public const string LogSync = "kvcluster.log.sync";
    public const string PeerSend = "kvcluster.peer.send";
    public const string Apply = "kvcluster.apply";
    public const string Failover = "kvcluster.failover";

    public static readonly ActivitySource Source = new(NodeMeter.Name);
}

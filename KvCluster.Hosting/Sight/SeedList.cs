using KvCluster.Hosting.Plan;
using KvCluster.Protocol.Topology;

namespace KvCluster.Hosting.Sight;

/// <summary>The connection string of a cluster: the servers from which a client learns the rest.</summary>
internal static class SeedList
{
    /// <summary>The environment variable in which a consumer that calls <c>AddKvClusterClient("kv")</c> looks for it.</summary>
    public const string ConnectionVariable = "ConnectionStrings__kv";

    /// <summary>The servers that hold data, in the order of the plan. A witness knows the cluster too, but is no server of a client.</summary>
    public static IEnumerable<string> ServersOf(ClusterPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.Servers.Where(server => server.Kind == ServerKind.Data).Select(server => server.Url.GetLeftPart(UriPartial.Authority));
    }

    public static string Of(ClusterPlan plan) => string.Join(',', ServersOf(plan));
}

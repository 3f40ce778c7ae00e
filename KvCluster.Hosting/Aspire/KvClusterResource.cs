using KvCluster.Hosting.Aspire;
using KvCluster.Hosting.Plan;

// The namespace of every resource class, where those who write an AppHost look for it.
namespace Aspire.Hosting.ApplicationModel;

/// <summary>A whole cluster: no process of its own, but the connection string, the health and the state of all its servers.</summary>
/// <remarks>Made by <see cref="KvClusterBuilderExtensions"/>, since it is nothing without its servers.</remarks>
public sealed class KvClusterResource : Resource, IResourceWithConnectionString, IResourceWithWaitSupport
{
    internal const string HttpEndpoint = "http";
    internal const string PeerEndpoint = "peer";
    internal const string RespEndpoint = "redis";

    /// <param name="name">Name of the cluster and of its connection string; begins the name of each server.</param>
    /// <param name="appHostFolder">Folder of the AppHost's project.</param>
    internal KvClusterResource(string name, string appHostFolder)
        : base(name)
    {
        Options = new ClusterPlanOptions { Name = name };
        Placement = new ClusterPlacement(appHostFolder);
    }

    /// <summary>The servers of the plan, or when publishing the workloads that stand for them, by name.</summary>
    internal SortedDictionary<string, ProjectResource> Servers { get; } = new(StringComparer.Ordinal);

    internal ClusterPlanOptions Options { get; set; }

    /// <summary>Where the servers run on this machine; none when publishing.</summary>
    internal ClusterPlacement Placement { get; }

    internal ClusterWatch Watch { get; } = new();

    /// <summary>The servers from which a client learns the rest, <c>http://host:port</c> separated by commas.</summary>
    public ReferenceExpression ConnectionStringExpression
    {
        get
        {
            var seeds = new ReferenceExpressionBuilder();
            foreach (var server in Servers.Values.Where(server => server.Name != ClusterPlanBuilder.WitnessName(Options)))
            {
                if (!seeds.IsEmpty)
                    seeds.AppendLiteral(",");
                seeds.AppendFormatted(server.GetEndpoint(HttpEndpoint).Property(EndpointProperty.Url));
            }

            return seeds.Build();
        }
    }
}

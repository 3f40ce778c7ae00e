using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using KvCluster.Hosting.Plan;

namespace KvCluster.Hosting.Aspire;

/// <summary>Keeps one resource for each server of the cluster, whatever order the options are given in.</summary>
/// <remarks>
/// Endpoints have no proxy: Aspire's keeps a connection waiting while a server is down, which would make a dead main look like a slow one.
/// Ports come from the plan, since the servers remember each other's addresses over a restart.
/// </remarks>
internal sealed class ServerResources(IResourceBuilder<KvClusterResource> cluster, Func<string, IResourceBuilder<ProjectResource>> addProject) : IResourceAnnotation
{
    private KvClusterResource Cluster => cluster.Resource;
    private bool IsRunMode => cluster.ApplicationBuilder.ExecutionContext.IsRunMode;

    /// <summary>Adds the servers that the options want and takes away those that they want no more.</summary>
    public void Match()
    {
        var wanted = IsRunMode ? ClusterPlanBuilder.ServerNames(Cluster.Options) : ClusterWorkloads.NamesOf(Cluster.Options);
        foreach (var (name, surplus) in Cluster.Servers.Where(server => !wanted.Contains(server.Key)).ToArray())
        {
            cluster.ApplicationBuilder.Resources.Remove(surplus);
            Cluster.Servers.Remove(name);
        }

        foreach (var name in wanted.Where(name => !Cluster.Servers.ContainsKey(name)))
        {
            var server = addProject(name).WithParentRelationship(cluster.Resource);
            Cluster.Servers.Add(name, server.Resource);
            if (IsRunMode)
                Run(server);
            else
                ClusterWorkloads.Publish(server, Cluster);
        }
    }

    /// <summary>Writes the ports of the plan into the endpoints, before Aspire would choose others.</summary>
    public void PlacePorts()
    {
        foreach (var server in Cluster.Placement.PlanFor(Cluster.Options).Servers)
        {
            foreach (var endpoint in Cluster.Servers[server.Name].Annotations.OfType<EndpointAnnotation>())
            {
                endpoint.Port = endpoint.TargetPort = endpoint.Name switch
                {
                    KvClusterResource.HttpEndpoint => server.Ports.Http,
                    KvClusterResource.PeerEndpoint => server.Ports.Peer,
                    _ => server.Ports.Resp,
                };
            }
        }
    }

    private void Run(IResourceBuilder<ProjectResource> server)
    {
        var name = server.Resource.Name;
        server
            .WithEnvironment(context =>
            {
                var plan = Cluster.Placement.PlanFor(Cluster.Options).Servers.Single(planned => planned.Name == name);
                foreach (var (variable, value) in plan.Environment)
                    context.EnvironmentVariables[variable] = value;
            })
            .WithHttpEndpoint(name: KvClusterResource.HttpEndpoint, isProxied: false)
            .WithEndpoint(scheme: "tcp", name: KvClusterResource.PeerEndpoint, isProxied: false)

            // The server opens its ports as the plan says; ASPNETCORE_URLS would only contradict it.
            .WithEndpointsInEnvironment(_ => false)
            .WithHttpHealthCheck("/health", endpointName: KvClusterResource.HttpEndpoint)
            .WithUrlForEndpoint(KvClusterResource.HttpEndpoint, url => url.DisplayText = "API")
            .WithUrlForEndpoint(KvClusterResource.HttpEndpoint, _ => new ResourceUrlAnnotation { Url = "/openapi/v1.json", DisplayText = "OpenAPI" });
        if (name != ClusterPlanBuilder.WitnessName(Cluster.Options))
            server.WithEndpoint(scheme: "tcp", name: KvClusterResource.RespEndpoint, isProxied: false);
        foreach (var endpoint in server.Resource.Annotations.OfType<EndpointAnnotation>())
            endpoint.TargetHost = ClusterPlan.Host;
        ServerCommands.AddTo(server, Cluster);
    }
}

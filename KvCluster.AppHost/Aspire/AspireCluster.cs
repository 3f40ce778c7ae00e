using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using KvCluster.AppHost.Plan;

namespace KvCluster.AppHost.Aspire;

/// <summary>Runs a cluster plan as an Aspire application: every server a resource of its own, so that it can be stopped by name
/// and told apart in the dashboard.</summary>
/// <remarks>
/// Endpoints have no proxy: Aspire's keeps a connection waiting while a server is down, which would make a dead main look like a slow one.
/// Ports come from the plan, since the servers remember each other's addresses over a restart.
/// </remarks>
internal static class AspireCluster
{
    private const string HttpEndpoint = "http";
    private const string PeerEndpoint = "peer";

    /// <summary>Aspire wants the dashboard to have a certificate unless this says that plain HTTP on this machine will do.</summary>
    private const string AllowHttpVariable = "ASPIRE_ALLOW_UNSECURED_TRANSPORT";

    /// <param name="plan">The cluster to run.</param>
    /// <param name="arguments">What the AppHost's own command line did not know, such as <c>--operation publish</c>.</param>
    public static async Task RunAsync(ClusterPlan plan, string[] arguments)
    {
        if (Environment.GetEnvironmentVariable(AllowHttpVariable) is null)
            Environment.SetEnvironmentVariable(AllowHttpVariable, "true");
        var builder = DistributedApplication.CreateBuilder(arguments);
        AddCluster(builder, plan);
        await using var app = builder.Build();
        await app.RunAsync();
    }

    internal static void AddCluster(IDistributedApplicationBuilder builder, ClusterPlan plan)
    {
        foreach (var node in plan.Nodes)
        {
            var first = AddServer(builder, node.Servers[0]);
            foreach (var server in node.Servers.Skip(1))
                AddServer(builder, server).WithParentRelationship(first);
        }

        if (plan.Witness is { } witness)
            AddServer(builder, witness);
    }

    private static IResourceBuilder<ProjectResource> AddServer(IDistributedApplicationBuilder builder, ServerPlan server)
    {
        // A launch profile would give the same ports to every server.
        var resource = builder.AddProject<Projects.KvCluster_Node>(server.Name, options =>
        {
            options.ExcludeLaunchProfile = true;
            options.ExcludeKestrelEndpoints = true;
        });
        foreach (var (name, value) in server.Environment)
            resource.WithEnvironment(name, value);

        // The server opens its ports as the plan says; ASPNETCORE_URLS would only contradict it.
        return resource
            .WithHttpEndpoint(port: server.Ports.Http, targetPort: server.Ports.Http, name: HttpEndpoint, isProxied: false)
            .WithEndpoint(port: server.Ports.Peer, targetPort: server.Ports.Peer, scheme: "tcp", name: PeerEndpoint, isProxied: false)
            .WithEndpointsInEnvironment(_ => false)
            .WithHttpHealthCheck("/health", endpointName: HttpEndpoint);
    }
}

using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using KvCluster.AppHost.Aspire;
using KvCluster.Hosting.Aspire;
using KvCluster.Hosting.Plan;

namespace KvCluster.Tests.Aspire;

/// <summary>The cluster as Aspire sees it, without anything being started.</summary>
public sealed class ClusterModelTests
{
    private static readonly ClusterPlanOptions OneSlave = new() { Slaves = 1, Witness = true };

    [Fact]
    public void AddCluster_EveryServer_IsAProxylessResourceUnderTheCluster()
    {
        var (builder, plan) = Add(OneSlave);
        var servers = builder.Resources.OfType<ProjectResource>().ToArray();
        Assert.Equal(plan.Servers.Select(server => server.Name).Order(StringComparer.Ordinal), servers.Select(server => server.Name).Order(StringComparer.Ordinal));
        var cluster = Assert.Single(builder.Resources.OfType<KvClusterResource>());
        Assert.All(servers, server =>
        {
            Assert.All(server.Annotations.OfType<EndpointAnnotation>(), endpoint => Assert.False(endpoint.IsProxied));
            Assert.Contains(server.Annotations.OfType<ResourceRelationshipAnnotation>(), related => related.Resource == cluster);
        });
    }

    [Fact]
    public void PlacePorts_EachServer_HasThePortsOfThePlan()
    {
        var (builder, plan) = Add(OneSlave);
        var cluster = Assert.Single(builder.Resources.OfType<KvClusterResource>());
        cluster.Annotations.OfType<ServerResources>().Single().PlacePorts();
        foreach (var server in plan.Servers)
        {
            var endpoints = builder.Resources.Single(resource => resource.Name == server.Name).Annotations.OfType<EndpointAnnotation>().ToDictionary(endpoint => endpoint.Name);
            Assert.Equal(server.Ports.Http, endpoints["http"].Port);
            Assert.Equal(server.Ports.Peer, endpoints["peer"].TargetPort);
            Assert.Equal(server.Kind == Protocol.Topology.ServerKind.Data, endpoints.ContainsKey("redis"));
        }
    }

    [Fact]
    public void WithSlavesAndReplicas_GivenLate_TakeServersAwayAgain()
    {
        var (builder, _) = Add(new ClusterPlanOptions { Slaves = 2 });
        var cluster = builder.CreateResourceBuilder(Assert.Single(builder.Resources.OfType<KvClusterResource>()));
        cluster.WithSlaves(0).WithReplicas(false);
        Assert.Equal("kv-master", Assert.Single(builder.Resources.OfType<ProjectResource>()).Name);
        Assert.Throws<ArgumentOutOfRangeException>(() => cluster.WithSlaves(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => cluster.WithSlaves(65));
    }

    [Fact]
    public void AddKvCluster_WithoutATypeParameter_TakesTheServerThatTheAppHostReferences()
    {
        var builder = Builder("KvCluster.AppHost");
        builder.AddKvCluster("shop").WithSlaves(0);
        Assert.Equal(["shop-master", "shop-master-replica", "shop-witness"], builder.Resources.OfType<ProjectResource>().Select(server => server.Name));
        Assert.All(builder.Resources.OfType<ProjectResource>(), server =>
        {
            var project = Assert.Single(server.Annotations.OfType<IProjectMetadata>());
            Assert.EndsWith("KvCluster.Node.csproj", project.ProjectPath, StringComparison.Ordinal);
            Assert.True(project.SuppressBuild);
        });
    }

    [Fact]
    public void AddKvCluster_AppHostWithoutTheServer_SaysWhatIsMissing()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Builder("KvCluster.Tests").AddKvCluster("kv"));
        Assert.Contains("add a project reference to KvCluster.Node", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithDataDirectory_RelativeFolder_LiesInTheAppHost()
    {
        var builder = Builder("KvCluster.AppHost");
        var cluster = builder.AddKvCluster("kv").WithDataDirectory("data").Resource;
        Assert.Equal(Path.Combine(builder.AppHostDirectory, "data"), cluster.Options.DataDirectory);
        Assert.Throws<ArgumentException>(() => builder.CreateResourceBuilder(cluster).WithDataDirectory(" "));
    }

    [Fact]
    public void AddCluster_EveryServer_HasTheCommandsAndTheClusterItsHealth()
    {
        var (builder, _) = Add(OneSlave);
        Assert.All(builder.Resources.OfType<ProjectResource>(), server => Assert.Superset(
            new HashSet<string> { "kv-hand-over", "kv-kill", "kv-pause", "kv-resume", "kv-put-back", "kv-why" },
            server.Annotations.OfType<ResourceCommandAnnotation>().Select(command => command.Name).ToHashSet()));
        var cluster = Assert.Single(builder.Resources.OfType<KvClusterResource>());
        Assert.Single(cluster.Annotations.OfType<HealthCheckAnnotation>());
        Assert.Contains(cluster.Annotations.OfType<ResourceCommandAnnotation>(), command => command.Name == "kv-status");
    }

    [Fact]
    public async Task Environment_OfEachServer_IsThatOfThePlan()
    {
        var (builder, plan) = Add(OneSlave);
        foreach (var server in plan.Servers)
        {
            var resource = builder.Resources.OfType<ProjectResource>().Single(project => project.Name == server.Name);
            var context = new EnvironmentCallbackContext(builder.ExecutionContext, resource, [], TestContext.Current.CancellationToken);
            await resource.Annotations.OfType<EnvironmentCallbackAnnotation>().Last().Callback(context);
            Assert.Equal(server.Environment, context.EnvironmentVariables.ToDictionary(given => given.Key, given => Convert.ToString(given.Value, CultureInfo.InvariantCulture)!));
        }
    }

    private static (IDistributedApplicationBuilder Builder, ClusterPlan Plan) Add(ClusterPlanOptions options)
    {
        var builder = Builder(null);
        var plan = ClusterPlanBuilder.Build(options, Path.GetTempPath(), new SequentialPorts(20_000));
        AspireCluster.AddCluster(builder, options, plan);
        return (builder, plan);
    }

    private static IDistributedApplicationBuilder Builder(string? appHost) =>
        DistributedApplication.CreateBuilder(new DistributedApplicationOptions { AssemblyName = appHost, DisableDashboard = true, AllowUnsecuredTransport = true });
}

using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using KvCluster.Hosting.Aspire;
using KvCluster.Hosting.Plan;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

// The namespace of every AddXyz for an AppHost, where IDE completion looks for it.
namespace Aspire.Hosting;

/// <summary>Adds a KvCluster to an AppHost.</summary>
public static class KvClusterBuilderExtensions
{
    private const string ServerProject = "Projects.KvCluster_Node";

    /// <summary>A cluster of a master node and two slave nodes, each a main and a replica, unless the methods below say otherwise. Its servers
    /// run the project KvCluster.Node that this AppHost references.</summary>
    /// <param name="builder">The AppHost's builder.</param>
    /// <param name="name">Name of the cluster and of its connection string; begins the name of each server.</param>
    /// <returns>The cluster: refer to it by <c>WithReference</c>, wait until it serves all slots by <c>WaitFor</c>.</returns>
    /// <exception cref="InvalidOperationException">The AppHost has no project reference to KvCluster.Node.</exception>
    public static IResourceBuilder<KvClusterResource> AddKvCluster(this IDistributedApplicationBuilder builder, [ResourceName] string name)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.AppHostAssembly?.GetType(ServerProject) is not { } server)
        {
            throw new InvalidOperationException(
                $"There is no {ServerProject} in {builder.AppHostAssembly?.GetName().Name ?? "this AppHost"}: add a project reference to KvCluster.Node to it.");
        }

        // By the class and not by the path in it: the class also says that the project is built already, or each server would build it once more.
        var add = typeof(KvClusterBuilderExtensions).GetMethods().Single(method => method is { Name: nameof(AddKvCluster), IsGenericMethod: true });
        return (IResourceBuilder<KvClusterResource>)add.MakeGenericMethod(server).Invoke(null, BindingFlags.DoNotWrapExceptions, null, [builder, name], null)!;
    }

    /// <summary>As <see cref="AddKvCluster(IDistributedApplicationBuilder, string)"/>, with a server project that is named by its type.</summary>
    /// <typeparam name="TServer">The project of the server, <c>Projects.KvCluster_Node</c> or one made of it.</typeparam>
    /// <param name="builder">The AppHost's builder.</param>
    /// <param name="name">Name of the cluster and of its connection string; begins the name of each server.</param>
    /// <returns>The cluster.</returns>
    public static IResourceBuilder<KvClusterResource> AddKvCluster<TServer>(this IDistributedApplicationBuilder builder, [ResourceName] string name)
        where TServer : IProjectMetadata, new()
    {
        ArgumentNullException.ThrowIfNull(builder);
        var resource = builder.AddResource(new KvClusterResource(name, builder.AppHostDirectory))
            .WithInitialState(new CustomResourceSnapshot { ResourceType = "KvCluster", Properties = [], State = KnownResourceStates.NotStarted })
            .WithIconName("DatabaseMultiple");
        var servers = new ServerResources(resource, server => builder.AddProject<TServer>(server, options =>
        {
            // A launch profile would give the same ports to every server.
            options.ExcludeLaunchProfile = true;
            options.ExcludeKestrelEndpoints = true;
        }));
        resource.WithAnnotation(servers);
        servers.Match();
        return builder.ExecutionContext.IsRunMode ? Follow(resource) : resource.ExcludeFromManifest();
    }

    /// <summary>How many nodes there are beside the master node.</summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="count">From 0 to 64; 2 when it is not said.</param>
    /// <returns>The cluster.</returns>
    public static IResourceBuilder<KvClusterResource> WithSlaves(this IResourceBuilder<KvClusterResource> builder, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, ClusterPlanValidator.SlavesMax);
        return Change(builder, options => options with { Slaves = count });
    }

    /// <summary>Whether each node has a replica beside its main. Without one a write has one copy.</summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="enabled">False: every node is one server.</param>
    /// <returns>The cluster.</returns>
    public static IResourceBuilder<KvClusterResource> WithReplicas(this IResourceBuilder<KvClusterResource> builder, bool enabled = true) =>
        Change(builder, options => options with { Replicas = enabled });

    /// <summary>Adds a server that votes and holds no data, also where the servers with data have votes enough.</summary>
    /// <param name="builder">The cluster.</param>
    /// <returns>The cluster.</returns>
    public static IResourceBuilder<KvClusterResource> WithWitness(this IResourceBuilder<KvClusterResource> builder) =>
        Change(builder, options => options with { Witness = true });

    /// <summary>Where the data of all servers lies on this machine; otherwise under the user's local application data, in a folder named after the
    /// AppHost and the cluster. A cluster needs a folder to itself. Says nothing about a published cluster, whose pods have volumes.</summary>
    /// <param name="builder">The cluster.</param>
    /// <param name="folder">Absolute, or relative to the AppHost's project.</param>
    /// <returns>The cluster.</returns>
    public static IResourceBuilder<KvClusterResource> WithDataDirectory(this IResourceBuilder<KvClusterResource> builder, string folder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        var directory = Path.GetFullPath(folder, builder.ApplicationBuilder.AppHostDirectory);
        return Change(builder, options => options with { DataDirectory = directory, Ephemeral = false });
    }

    internal static IResourceBuilder<KvClusterResource> WithPlan(this IResourceBuilder<KvClusterResource> builder, ClusterPlanOptions options, ClusterPlan? plan)
    {
        if (plan is not null)
            builder.Resource.Placement.Use(plan);
        return Change(builder, _ => options);
    }

    private static IResourceBuilder<KvClusterResource> Change(IResourceBuilder<KvClusterResource> builder, Func<ClusterPlanOptions, ClusterPlanOptions> change)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var changed = change(builder.Resource.Options);
        if (ClusterPlanValidator.Validate(changed) is { IsEmpty: false } mistakes)
            throw new ArgumentException(string.Join(' ', mistakes));
        builder.Resource.Options = changed;
        builder.Resource.Annotations.OfType<ServerResources>().Single().Match();
        return builder;
    }

    private static IResourceBuilder<KvClusterResource> Follow(IResourceBuilder<KvClusterResource> resource)
    {
        var (builder, cluster) = (resource.ApplicationBuilder, resource.Resource);
        var key = $"{cluster.Name}_check";
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(key, cluster.Watch, failureStatus: null, tags: null));

        // Before Aspire's own: the start of its resources is over only when everybody who waits for the cluster has been started, and
        // the cluster becomes healthy only when it is followed.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(services =>
            new ClusterFollower(cluster, services.GetRequiredService<ResourceNotificationService>())));
        // Aspire would end before its processes do, and the folder of the data be free, or deleted, while servers still write to it.
        builder.Configuration["DcpPublisher:WaitForResourceCleanup"] ??= "true";
        builder.Eventing.Subscribe<BeforeStartEvent>((_, _) =>
        {
            cluster.Annotations.OfType<ServerResources>().Single().PlacePorts();
            return Task.CompletedTask;
        });
        ServerCommands.AddTo(resource);
        return resource.WithHealthCheck(key).OnInitializeResource(async (started, context, cancellation) =>
        {
            await context.Eventing.PublishAsync(new BeforeResourceStartedEvent(started, context.Services), cancellation);
            // The ports come from the plan, so the addresses are known before a server listens.
            await context.Eventing.PublishAsync(new ConnectionStringAvailableEvent(started, context.Services), cancellation);
            await context.Notifications.PublishUpdateAsync(started, snapshot => snapshot with { State = KnownResourceStates.Running });
        });
    }
}

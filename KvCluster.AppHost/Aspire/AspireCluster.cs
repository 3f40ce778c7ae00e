using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using KvCluster.AppHost.Machine;
using KvCluster.Hosting.Machine;
using KvCluster.Hosting.Plan;

namespace KvCluster.AppHost.Aspire;

/// <summary>Runs or publishes a cluster plan as an Aspire application.</summary>
internal static class AspireCluster
{
    /// <summary>Aspire wants the dashboard to have a certificate unless this says that plain HTTP on this machine will do.</summary>
    private const string AllowHttpVariable = "ASPIRE_ALLOW_UNSECURED_TRANSPORT";

    /// <summary>True for arguments by which Aspire writes files instead of running anything.</summary>
    public static bool IsPublishing(IEnumerable<string> arguments) => arguments.Any(argument => argument is "publish" or "--publisher" or "--operation=publish");

    /// <param name="options">What the user asked for.</param>
    /// <param name="plan">The cluster to run; none when publishing.</param>
    /// <param name="arguments">What the AppHost's own command line did not know, such as <c>--operation publish</c>.</param>
    /// <param name="hasLoad">Whether the sample's load writer runs beside the cluster.</param>
    public static async Task RunAsync(ClusterPlanOptions options, ClusterPlan? plan, string[] arguments, bool hasLoad = false)
    {
        if (Environment.GetEnvironmentVariable(AllowHttpVariable) is null)
            Environment.SetEnvironmentVariable(AllowHttpVariable, "true");
        using var dashboard = IsPublishing(arguments) ? null : PlaceDashboard();
        var builder = DistributedApplication.CreateBuilder(arguments);
        AddKubernetes(builder);
        var cluster = AddCluster(builder, options, plan);
        if (hasLoad)
            AddLoad(builder, cluster);
        await using var app = builder.Build();
        await app.RunAsync();
    }

    // The ports are kept from other AppHosts for as long as this one lives.
    private static PortReservation PlaceDashboard()
    {
        var reservation = PortReservation.TakeAny();
        foreach (var (name, url) in DashboardAddresses.Missing(Environment.GetEnvironmentVariable, reservation.Ports))
            Environment.SetEnvironmentVariable(name, url);
        return reservation;
    }

    internal static IResourceBuilder<KvClusterResource> AddCluster(IDistributedApplicationBuilder builder, ClusterPlanOptions options, ClusterPlan? plan) =>
        builder.AddKvCluster<Projects.KvCluster_Node>(options.Name).WithPlan(options, plan);

    internal static void AddLoad(IDistributedApplicationBuilder builder, IResourceBuilder<KvClusterResource> cluster) =>
        builder.AddProject<Projects.KvCluster_Sample>($"{cluster.Resource.Name}-load").WithReference(cluster, "kv").WaitFor(cluster);

    internal static void AddKubernetes(IDistributedApplicationBuilder builder)
    {
        // The dashboard that Aspire would add is open to everybody who reaches it.
        if (builder.ExecutionContext.IsPublishMode)
            builder.AddKubernetesEnvironment("k8s").WithDashboard(enabled: false);
    }
}

using k8s.Models;
using KvCluster.AppHost.Aspire;
using KvCluster.Hosting.Plan;
using KvCluster.Tests.Deployment;

namespace KvCluster.Tests.Aspire;

/// <summary>The chart that <c>--operation publish</c> writes. What it takes from the values stands in it as quoted text, so its files are
/// read without being rendered.</summary>
public sealed class PublishedChartTests : IDisposable
{
    private static readonly string[] Nodes = ["kv-master", "kv-slave-1"];
    private readonly string _folder = Directory.CreateTempSubdirectory("kv-chart-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Publish_EachNode_IsAStatefulSetWithItsOwnServiceClaimsAndBudget()
    {
        var objects = await PublishAsync(new ClusterPlanOptions { Slaves = 1 });
        Assert.Equal(Nodes, objects.Where(one => one.Kind == V1StatefulSet.KubeKind).Select(one => one.Name));
        Assert.DoesNotContain(objects, one => one.Kind == V1Deployment.KubeKind);
        foreach (var node in Nodes)
        {
            var set = One<V1StatefulSet>(objects, node);
            Assert.Equal((2, $"{node}-peers", "Parallel"), (set.Spec.Replicas, set.Spec.ServiceName, set.Spec.PodManagementPolicy));
            Assert.Equal("OnDelete", set.Spec.UpdateStrategy.Type);
            Assert.Equal("data", Assert.Single(set.Spec.VolumeClaimTemplates).Metadata.Name);
            Assert.Equal(set.Spec.Template.Metadata.Labels, set.Spec.Selector.MatchLabels);

            var peers = One<V1Service>(objects, $"{node}-peers");
            Assert.Equal(("None", true), (peers.Spec.ClusterIP, peers.Spec.PublishNotReadyAddresses));
            Assert.Equal(set.Spec.Selector.MatchLabels, peers.Spec.Selector);

            var budget = One<V1PodDisruptionBudget>(objects, $"{node}-budget");
            Assert.Equal("1", budget.Spec.MaxUnavailable);
            Assert.Equal(set.Spec.Selector.MatchLabels, budget.Spec.Selector.MatchLabels);
        }
    }

    [Fact]
    public async Task Publish_EachPod_HasProbesLimitsTimeToEndAndAPlaceAwayFromTheOther()
    {
        var objects = await PublishAsync(new ClusterPlanOptions { Slaves = 1 });
        foreach (var node in Nodes)
        {
            var pod = One<V1StatefulSet>(objects, node).Spec.Template.Spec;
            var container = Assert.Single(pod.Containers);
            Assert.All([container.StartupProbe, container.LivenessProbe, container.ReadinessProbe], probe => Assert.Equal(("HTTP", "8080"), (probe.HttpGet.Scheme, probe.HttpGet.Port.Value)));
            Assert.Equal(["cpu", "memory"], container.Resources.Requests.Keys.Order(StringComparer.Ordinal));
            Assert.Equal("/data", Assert.Single(container.VolumeMounts).MountPath);
            Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
            Assert.Equal((30, true), (pod.TerminationGracePeriodSeconds, pod.SecurityContext.RunAsNonRoot));
            Assert.Equal(PodEnvironment.Of(new ClusterPlanOptions { Slaves = 1 }, node), container.Env.Where(variable => variable.ValueFrom is null).Select(variable => KeyValuePair.Create(variable.Name, variable.Value)));

            var apart = Assert.Single(pod.Affinity.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution).PodAffinityTerm;
            Assert.Equal(One<V1StatefulSet>(objects, node).Spec.Selector.MatchLabels, apart.LabelSelector.MatchLabels);
            Assert.Null(apart.NamespaceSelector);

            // An API server refuses a node affinity without terms.
            Assert.Null(pod.Affinity.NodeAffinity);
        }
    }

    [Fact]
    public async Task Publish_NodesOfOneServer_HaveNoBudget()
    {
        var objects = await PublishAsync(new ClusterPlanOptions { Slaves = 1, Replicas = false });
        Assert.Equal(1, One<V1StatefulSet>(objects, "kv-master").Spec.Replicas);
        Assert.DoesNotContain(objects, one => one.Kind == V1PodDisruptionBudget.KubeKind);
    }

    [Fact]
    public async Task Publish_Dashboard_IsNotInTheChart()
    {
        var objects = await PublishAsync(new ClusterPlanOptions { Slaves = 1 });
        Assert.DoesNotContain(objects, one => one.Name.Contains("dashboard", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Publish_Consumer_FindsTheClusterByItsServices()
    {
        await PublishAsync(new ClusterPlanOptions { Slaves = 1 }, hasLoad: true);
        Assert.Contains("\"http://kv-master-service:8080,http://kv-slave-1-service:8080\"", await File.ReadAllTextAsync(Path.Combine(_folder, "values.yaml"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static T One<T>(IEnumerable<ChartObject> objects, string name) => Assert.Single(objects, one => one.Name == name).As<T>();

    private async Task<IReadOnlyList<ChartObject>> PublishAsync(ClusterPlanOptions options, bool hasLoad = false)
    {
        string[] arguments = ["--operation", "publish", "--step", "publish", "--output-path", _folder];
        Assert.True(AspireCluster.IsPublishing(arguments));
        await AspireCluster.RunAsync(options, null, arguments, hasLoad);
        var files = Directory.GetFiles(Path.Combine(_folder, "templates"), "*.yaml", SearchOption.AllDirectories).Order(StringComparer.Ordinal);
        return [.. files.SelectMany(file => ChartObject.Split(File.ReadAllText(file)))];
    }
}

using System.Globalization;
using KvCluster.Hosting.Plan;
using KvCluster.Node.Options;
using Microsoft.Extensions.Configuration;

namespace KvCluster.Tests.Hosting.Plan;

public sealed class PodEnvironmentTests
{
    [Fact]
    public void Of_EveryPodOfAPublishedCluster_IsAServerThatFindsTheOthersAndOneFounder()
    {
        var plan = new ClusterPlanOptions { Slaves = 1, Witness = true };
        var pods = Workloads(plan).SelectMany(node => Enumerable.Range(0, PodEnvironment.PodsOf(plan, node)).Select(pod => Read(plan, node, pod))).ToArray();

        Assert.Equal(["kv-master-0", "kv-master-1", "kv-slave-1-0", "kv-slave-1-1", "kv-witness-0"], pods.Select(pod => pod.Name));
        Assert.Equal("kv-master-0", Assert.Single(pods, pod => pod.IsBootstrap).Name);
        Assert.All(pods, pod => Assert.Equal(2, pod.InitialNodes));
        // A server leaves itself out of the seeds by its own address, so the two have to be written alike.
        var withData = pods.Where(pod => pod.RespPort != 0).Select(pod => pod.HttpUrl).ToArray();
        Assert.All(pods, pod => Assert.Equal(withData, pod.SeedUrls));
    }

    [Fact]
    public void Of_ClusterWithoutReplicas_HasOnePodForEachNode()
    {
        var plan = new ClusterPlanOptions { Slaves = 0, Replicas = false };
        Assert.Equal("http://kv-master-0.kv-master-peers.shop.svc:8080/", Assert.Single(Read(plan, "kv-master", 0).SeedUrls).ToString());
    }

    private static IEnumerable<string> Workloads(ClusterPlanOptions plan) =>
        ClusterPlanBuilder.NodeNames(plan).Append(ClusterPlanBuilder.WitnessName(plan));

    private static KvNodeOptions Read(ClusterPlanOptions plan, string node, int pod)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{node}-{pod}");
        var given = PodEnvironment.Of(plan, node).ToDictionary(
            variable => variable.Key.Replace("__", ":", StringComparison.Ordinal),
            variable => (string?)variable.Value.Replace("$(POD_NAME)", name, StringComparison.Ordinal).Replace("$(POD_NAMESPACE)", "shop", StringComparison.Ordinal));
        var options = new KvNodeOptions();
        var section = new ConfigurationBuilder().AddInMemoryCollection(given).Build().GetSection(KvNodeOptions.Section);
        Assert.Empty(KvNodeOptionsReader.Read(section, options));
        return options;
    }
}

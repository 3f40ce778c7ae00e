using KvCluster.AppHost.Aspire;
using KvCluster.AppHost.Plan;

namespace KvCluster.Tests.Aspire;

/// <summary>The chart that <c>--operation publish</c> writes.</summary>
public sealed class PublishedChartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kv-chart-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Publish_PairAndSlave_WritesAStatefulSetForEachNode()
    {
        string[] arguments = ["--operation", "publish", "--step", "publish", "--output-path", _folder];
        Assert.True(AspireCluster.IsPublishing(arguments));
        await AspireCluster.RunAsync(new ClusterPlanOptions { Slaves = 1 }, null, arguments);

        foreach (var node in (string[])["kv-master", "kv-slave-1"])
        {
            var set = Read(node, $"{node}.yaml");
            Assert.Contains("StatefulSet", set, StringComparison.Ordinal);
            Assert.Contains("volumeClaimTemplates", set, StringComparison.Ordinal);
            Assert.Contains($"{node}-peers", set, StringComparison.Ordinal);
            Assert.Contains("podAntiAffinity", set, StringComparison.Ordinal);
            Assert.Contains("terminationGracePeriodSeconds", set, StringComparison.Ordinal);
            Assert.DoesNotContain("namespaceSelector", set, StringComparison.Ordinal);
            Assert.Matches("scheme: \"?HTTP\"?", set);
            Assert.DoesNotMatch("scheme: \"?http\"?", set);
            Assert.Contains("publishNotReadyAddresses", Read(node, "peers.yaml"), StringComparison.Ordinal);
            Assert.Contains("PodDisruptionBudget", Read(node, "budget.yaml"), StringComparison.Ordinal);
            Assert.DoesNotContain("Deployment", set, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Directory.EnumerateDirectories(Path.Combine(_folder, "templates")), folder => folder.Contains("dashboard", StringComparison.Ordinal));
    }

    private string Read(string resource, string file) => File.ReadAllText(Path.Combine(_folder, "templates", resource, file));
}

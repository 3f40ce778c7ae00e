using KvCluster.Client.Configuration;
using KvCluster.Hosting.Plan;
using KvCluster.Hosting.Sight;

namespace KvCluster.Tests.Hosting.Sight;

public sealed class SeedListTests
{
    [Fact]
    public void Of_ClusterWithWitness_IsAConnectionStringOfTheServersWithData()
    {
        var options = new ClusterPlanOptions { Slaves = 0, Witness = true };
        var plan = ClusterPlanBuilder.Build(options, "/data", new SequentialPorts(20_000));
        Assert.True(new ConnectionStringParser().TryParse(SeedList.Of(plan), out var parsed, out var mistake), mistake);
        Assert.Equal([new Uri("http://127.0.0.1:20000"), new Uri("http://127.0.0.1:20010")], parsed.Endpoints);
    }
}

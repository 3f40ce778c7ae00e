using KvCluster.Tests.Control.Homes;

namespace KvCluster.Tests.Processes;

/// <summary>A whole cluster whose topology is kept elsewhere: mains and masters are replaced as ever, and only changes need the register.</summary>
[Collection(ProcessRoom.Name)]
public sealed class RegisterHomeTests
{
    private const string Node = SharedCluster.Node;
    private const string MasterNode = "kv-master";

    [Fact]
    public async Task ClusterOnEtcd_ReplacesMainsAndMasters_AndServesWithoutIt()
    {
        await using var etcd = await EtcdProcess.OpenAsync();
        await using var cluster = await TestCluster.StartAsync(slaves: 1, new Dictionary<string, string>
        {
            ["KvNode__Register"] = "Etcd",
            ["KvNode__EtcdEndpoints"] = etcd.Endpoint.ToString(),
            ["KvNode__BeaconMilliseconds"] = "200",
        });
        await AssertLivesAsync(cluster, etcd);
    }

    [Fact]
    public async Task ClusterOnKubernetes_ReplacesMainsAndMasters_AndServesWithoutIt()
    {
        await using var api = await ApiServer.OpenAsync();
        await using var cluster = await TestCluster.StartAsync(slaves: 1, new Dictionary<string, string>
        {
            ["KvNode__Register"] = "Kubernetes",
            ["KvNode__KubernetesUrl"] = api.Url.GetLeftPart(UriPartial.Authority),
            ["KvNode__KubernetesNamespace"] = "test",
            ["KvNode__KubernetesConfigMap"] = "topology",
            ["KvNode__BeaconMilliseconds"] = "200",
        });
        await AssertLivesAsync(cluster, api);
    }

    private static async Task AssertLivesAsync(TestCluster cluster, RegisterHomeUnderTest home)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Needs the signals of a Unix system.");
        await using var load = await CheckedLoad.StartAsync(cluster, Node, "home");
        await using var masters = await CheckedLoad.StartAsync(cluster, MasterNode, "home-master");
        var (main, replica) = await cluster.RolesAsync(Node);
        await cluster.FailOverAsync(Node, main, replica);
        await load.ProgressAsync();
        cluster.Start(main);

        // Its master's office moves to another server, its node's main to the replica.
        var before = (await cluster.WaitUntilWholeAsync()).Topology;
        var master = before.FindServer(before.Master)!.Name;
        await cluster.Run(master).KillAsync();
        await cluster.WaitAsync("another server is master", status => status.Topology.Master != before.Master && status.AllSlotsServed);
        await masters.ProgressAsync();
        cluster.Start(master);
        var whole = await cluster.WaitUntilWholeAsync();
        Assert.Empty(whole.Topology.Voters);
        Assert.Equal(before.ClusterId, whole.Topology.ClusterId);

        await home.StopAsync();
        await load.ProgressAsync();
        await masters.ProgressAsync();
        await home.StartAsync();
        (main, replica) = await cluster.RolesAsync(Node);
        await cluster.FailOverAsync(Node, main, replica);
        await load.ProgressAsync();
        await load.AuditAsync();
        await masters.AuditAsync();
    }
}

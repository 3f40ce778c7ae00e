using CsCheck;
using KvCluster.Hosting.Plan;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Topology;
using Xunit;

namespace KvCluster.Tests.Hosting.Plan;

public sealed class ClusterPlanBuilderTests
{
    private static readonly string Folder = Path.Combine(Path.GetTempPath(), "kv-plan");

    private static readonly Gen<ClusterPlanOptions> AnyValidOptions =
        from slaves in Gen.Int[0, ClusterPlanValidator.SlavesMax]
        from replicas in Gen.Bool
        from witness in Gen.OneOf(Gen.Const((bool?)null), Gen.Bool.Select(given => (bool?)given))
        select new ClusterPlanOptions { Slaves = slaves, Replicas = replicas, Witness = witness };

    [Fact]
    public void Build_ClusterOfAnotherName_CallsEveryServerByItAndKeepsOneBootstrap()
    {
        var options = new ClusterPlanOptions { Name = "cart", Slaves = 1, Witness = true };
        var plan = ClusterPlanBuilder.Build(options, "/data", new SequentialPorts(20_000));
        Assert.Equal(
            ["cart-master", "cart-master-replica", "cart-slave-1", "cart-slave-1-replica", "cart-witness"],
            plan.Servers.Select(server => server.Name));
        Assert.Equal("cart-master", Assert.Single(plan.Servers, server => server.IsBootstrap).Name);
    }

    [Fact]
    public void Build_Defaults_NamesMasterAndTwoSlavesEachWithReplica()
    {
        var plan = Build(new ClusterPlanOptions());

        Assert.Equal(["kv-master", "kv-slave-1", "kv-slave-2"], plan.Nodes.Select(node => node.Name));
        Assert.Equal(
            ["kv-master", "kv-master-replica", "kv-slave-1", "kv-slave-1-replica", "kv-slave-2", "kv-slave-2-replica"],
            plan.Servers.Select(server => server.Name));
        Assert.Null(plan.Witness);
    }

    [Fact]
    public void Build_Defaults_TellsTheMasterWhoItIs()
    {
        var master = Build(new ClusterPlanOptions()).Servers.First();

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["KvNode__Name"] = "kv-master",
                ["KvNode__Node"] = "kv-master",
                ["KvNode__PreferredRole"] = "Main",
                ["KvNode__Kind"] = "Data",
                ["KvNode__BindAddress"] = "127.0.0.1",
                ["KvNode__AdvertisedHost"] = "127.0.0.1",
                ["KvNode__HttpPort"] = "7000",
                ["KvNode__PeerPort"] = "7001",
                ["KvNode__RespPort"] = "7002",
                ["KvNode__DataDirectory"] = Path.Combine(Folder, "kv-master"),
                ["KvNode__Seeds"] =
                    "http://127.0.0.1:7010,http://127.0.0.1:7020,http://127.0.0.1:7030,http://127.0.0.1:7040,http://127.0.0.1:7050",
                ["KvNode__Bootstrap"] = "true",
                ["KvNode__InitialNodes"] = "3",
            },
            master.Environment);
    }

    [Fact]
    public void Build_Defaults_TellsAReplicaItsNodeAndRole()
    {
        var replica = Build(new ClusterPlanOptions()).Servers.Single(server => server.Name == "kv-slave-1-replica");

        Assert.Equal("kv-slave-1", replica.Environment["KvNode__Node"]);
        Assert.Equal("Replica", replica.Environment["KvNode__PreferredRole"]);
        Assert.Equal("false", replica.Environment["KvNode__Bootstrap"]);
        Assert.StartsWith("http://127.0.0.1:7000,", replica.Environment["KvNode__Seeds"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, true, true)]
    [InlineData(1, false, true)]
    [InlineData(0, false, false)]
    [InlineData(1, true, false)]
    [InlineData(2, true, false)]
    public void Build_WitnessNotNamed_AddsOneExactlyWhereTwoServersHoldData(int slaves, bool replicas, bool expected)
    {
        var plan = Build(new ClusterPlanOptions { Slaves = slaves, Replicas = replicas });

        Assert.Equal(expected, plan.Witness is not null);
    }

    [Fact]
    public void Build_Witness_BelongsToNoNodeAndIsASeedOfTheOthers()
    {
        var plan = Build(new ClusterPlanOptions { Slaves = 0 });

        var witness = Assert.IsType<ServerPlan>(plan.Witness);
        Assert.Equal("Witness", witness.Environment["KvNode__Kind"]);
        Assert.DoesNotContain("KvNode__Node", witness.Environment.Keys);
        Assert.DoesNotContain("KvNode__PreferredRole", witness.Environment.Keys);
        Assert.Equal("http://127.0.0.1:7010,http://127.0.0.1:7020", plan.Servers.First().Environment["KvNode__Seeds"]);
    }

    [Fact]
    public void Build_OneServerAlone_HasNoSeeds()
    {
        var plan = Build(new ClusterPlanOptions { Slaves = 0, Replicas = false });

        var server = Assert.Single(plan.Servers);
        Assert.DoesNotContain("KvNode__Seeds", server.Environment.Keys);
        Assert.Equal("1", server.Environment["KvNode__InitialNodes"]);
    }

    [Fact]
    public void Build_AnyOptions_GivesEveryServerItsOwnNamePortsAndFolder() => AnyValidOptions.Sample(options =>
    {
        var servers = Build(options).Servers.ToList();

        Assert.Equal(ClusterPlanBuilder.ServerCount(options), servers.Count);
        Assert.Equal(ClusterPlanBuilder.ServerNames(options), servers.Select(server => server.Name));
        Assert.Distinct(servers.Select(server => server.Name));
        Assert.Distinct(servers.Select(server => server.DataDirectory));
        Assert.Distinct(servers.SelectMany(server => new[] { server.Ports.Http, server.Ports.Peer, server.Ports.Resp }));
    });

    [Fact]
    public void Build_AnyOptions_HasOneBootstrapServerAndOneMainForEachNode() => AnyValidOptions.Sample(options =>
    {
        var plan = Build(options);

        Assert.Equal("kv-master", Assert.Single(plan.Servers, server => server.Environment["KvNode__Bootstrap"] == "true").Name);
        Assert.Equal(1 + options.Slaves, plan.Nodes.Length);
        Assert.All(plan.Nodes, node => Assert.Single(node.Servers, server => server.PreferredRole == PreferredRole.Main));
        Assert.All(plan.Nodes, node => Assert.All(node.Servers, server => Assert.Equal(ServerKind.Data, server.Kind)));
    });

    [Fact]
    public void Build_AnyOptions_MakesEveryOtherServerASeed() => AnyValidOptions.Sample(options =>
    {
        var servers = Build(options).Servers.ToList();

        Assert.All(servers, server => Assert.Equal(
            servers.Where(other => other != server).Select(other => $"http://127.0.0.1:{other.Ports.Http}"),
            server.Environment.GetValueOrDefault("KvNode__Seeds", "").Split(',', StringSplitOptions.RemoveEmptyEntries)));
    });

    [Fact]
    public void Build_MistakenOptions_Throws() =>
        Assert.Throws<ArgumentException>(() => Build(new ClusterPlanOptions { Slaves = -1 }));

    private static ClusterPlan Build(ClusterPlanOptions options) => ClusterPlanBuilder.Build(options, Folder, new SequentialPorts(7000));
}

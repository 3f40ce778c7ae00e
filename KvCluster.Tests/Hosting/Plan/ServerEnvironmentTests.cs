using KvCluster.Hosting.Plan;
using KvCluster.Node.Options;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Topology;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace KvCluster.Tests.Hosting.Plan;

/// <summary>What the AppHost says is what the server reads.</summary>
public sealed class ServerEnvironmentTests
{
    private static readonly ClusterPlan Plan =
        ClusterPlanBuilder.Build(new ClusterPlanOptions { Slaves = 1, Witness = true }, Path.GetTempPath(), new SequentialPorts(7000));

    [Fact]
    public void Environment_OfAReplica_IsUnderstoodByTheServer()
    {
        var planned = Plan.Nodes[1].Servers[1];

        var options = Read(planned);

        Assert.Equal("kv-slave-1-replica", options.Name);
        Assert.Equal("kv-slave-1", options.Node);
        Assert.Equal(PreferredRole.Replica, options.PreferredRole);
        Assert.Equal(ServerKind.Data, options.Kind);
        Assert.Equal(planned.Url, options.HttpUrl);
        Assert.Equal($"127.0.0.1:{planned.Ports.Peer}", options.PeerAddress);
        Assert.Equal(planned.DataDirectory, options.DataDirectory);
        Assert.Equal(Plan.Servers.Where(server => server != planned).Select(server => server.Url), options.SeedUrls);
        Assert.Equal(2, options.InitialNodes);
        Assert.False(options.Bootstrap);
        Assert.True(options.ExitWithParent);
    }

    [Fact]
    public void Environment_OfTheFirstServer_MayCreateTheCluster() => Assert.True(Read(Plan.Servers.First()).Bootstrap);

    [Fact]
    public void Environment_OfTheWitness_BelongsToNoNode()
    {
        var options = Read(Plan.Witness!);

        Assert.Equal(ServerKind.Witness, options.Kind);
        Assert.Equal("", options.Node);
    }

    private static KvNodeOptions Read(ServerPlan server)
    {
        var variables = server.Environment.Add(ServerEnvironment.ExitWithParent, "true")
            .Select(variable => KeyValuePair.Create(variable.Key.Replace("__", ":", StringComparison.Ordinal), (string?)variable.Value));
        var section = new ConfigurationBuilder().AddInMemoryCollection(variables).Build().GetSection(KvNodeOptions.Section);

        // A variable that the server does not know would be a promise that nobody keeps.
        return section.Get<KvNodeOptions>(binder => binder.ErrorOnUnknownConfiguration = true)!;
    }
}

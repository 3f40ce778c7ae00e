using KvCluster.Node.Options;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Hosting;

public sealed class BootstrapServerTests
{
    [Theory]
    [InlineData(false, "", false)]
    [InlineData(true, "", true)]
    [InlineData(false, "kv-master-0", true)]
    [InlineData(false, "kv-master-1", false)]
    [InlineData(true, "kv-master-1", true)]
    public void IsBootstrap_ByFlagOrByName(bool flag, string named, bool isBootstrap) =>
        Assert.Equal(isBootstrap, Options(flag, named).IsBootstrap);

    [Fact]
    public void Validate_NamedServerWithoutSeeds_MayCreateTheCluster() =>
        Assert.False(new KvNodeOptionsValidator().Validate(null, Options(false, "kv-master-0")).Failed);

    [Fact]
    public void Validate_AnotherServerNamedAndNoSeeds_IsAMistake() =>
        Assert.Contains("KvNode:Seeds is empty", Mistake(Options(false, "kv-master-1")), StringComparison.Ordinal);

    [Fact]
    public void Validate_NamedServerIsAWitness_IsAMistake()
    {
        var options = Options(false, "kv-master-0");
        options.Kind = ServerKind.Witness;
        Assert.Contains("A witness cannot create the cluster", Mistake(options), StringComparison.Ordinal);
    }

    private static string Mistake(KvNodeOptions options) => new KvNodeOptionsValidator().Validate(null, options).FailureMessage ?? "";

    private static KvNodeOptions Options(bool flag, string named) => new()
    {
        Name = "kv-master-0",
        HttpPort = 8080,
        PeerPort = 7000,
        DataDirectory = "/data",
        Bootstrap = flag,
        BootstrapServer = named,
    };
}

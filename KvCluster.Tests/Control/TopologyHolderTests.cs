using CsCheck;
using KvCluster.Node.Control;
using KvCluster.Node.Storage;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;
using KvCluster.Tests.AppHost;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.Control;

public sealed class TopologyHolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TryAdopt_AnyOrder_NeverGoesBack()
    {
        var document = Registrations.Pair();
        Gen.Select(Gen.Int[0, 2], Gen.Long[1, 20]).Array[1, 30].Sample(brought =>
        {
            var holder = new TopologyHolder();
            var heard = new List<(int, long)>();
            holder.Changed += topology => heard.Add((topology.Lineage, topology.Version));
            foreach (var (lineage, version) in brought)
            {
                var before = holder.Current;
                var isNewer = before is null || (lineage, version).CompareTo((before.Lineage, before.Version)) > 0;
                Assert.Equal(isNewer, holder.TryAdopt(document with { Lineage = lineage, Version = version }));
            }

            Assert.Equal(heard.Order(), heard);
            Assert.Equal(heard[^1], (holder.Current!.Lineage, holder.Current.Version));
        }, iter: 500);
    }

    [Fact]
    public void TryAdopt_AnotherCluster_IsRefused()
    {
        var holder = new TopologyHolder();
        var topology = Registrations.Pair();
        Assert.True(holder.TryAdopt(topology));

        Assert.False(holder.TryAdopt(topology with { ClusterId = new ClusterId(Guid.NewGuid()), Version = 1_000 }));
        Assert.Same(topology, holder.Current);
    }

    [Fact]
    public async Task Constructor_AfterARestart_KnowsWhatItKnew()
    {
        var topology = Registrations.Pair();
        new TopologyHolder(_folder.File("topology.json")).TryAdopt(topology);
        await TestCluster.PollAsync("the file is written behind the change", () => Task.FromResult(File.Exists(_folder.File("topology.json"))));

        var holder = new TopologyHolder(_folder.File("topology.json"));

        Assert.Equal(topology.Version, holder.Current!.Version);
        Assert.False(holder.TryAdopt(topology with { Version = topology.Version - 1 }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[1]")]
    public void Constructor_DamagedFile_SaysSo(string content)
    {
        File.WriteAllText(_folder.File("topology.json"), content);

        var failure = Assert.Throws<StorageException>(() => new TopologyHolder(_folder.File("topology.json")));
        Assert.Equal(StorageFailure.Corrupt, failure.Failure);
    }
}

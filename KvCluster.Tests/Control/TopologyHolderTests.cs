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
    public async Task Constructor_DamagedFile_IsSetAsideAndWrittenAnew(string content)
    {
        var path = _folder.File("topology.json");
        File.WriteAllText(path, content);

        var holder = new TopologyHolder(path);

        Assert.Null(holder.Current);
        var kept = Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!, "topology.json.damaged-*"));
        Assert.Equal(content, File.ReadAllText(kept));
        Assert.True(holder.TryAdopt(Registrations.Pair()));
        await TestCluster.PollAsync("the file is written behind the change", () => Task.FromResult(File.Exists(path)));
    }

    [Fact]
    public void Constructor_UnreadableFile_IsTheDisksFault()
    {
        var path = _folder.File("topology.json");
        File.CreateSymbolicLink(path, "/proc/self/mem");
        Assert.Equal(StorageFailure.InputOutput, Assert.Throws<StorageException>(() => new TopologyHolder(path)).Failure);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task TryAdopt_RestoredDocumentOfTheSameVersion_IsWrittenToo()
    {
        var path = _folder.File("topology.json");
        var topology = Registrations.Pair();
        var holder = new TopologyHolder(path);
        holder.TryAdopt(topology);
        await TestCluster.PollAsync("the first is written", () => Task.FromResult(Written(path)?.Lineage == 0));

        Assert.True(holder.TryAdopt(topology with { Lineage = 7 }));

        await TestCluster.PollAsync("the restored one is written", () => Task.FromResult(Written(path)?.Lineage == 7));
    }

    [Fact]
    public void TryAdopt_LineageBeforeARestore_IsRefusedAlsoWhereNothingIsKnown()
    {
        var holder = new TopologyHolder { LineageMin = 3 };
        Assert.False(holder.TryAdopt(Registrations.Pair() with { Lineage = 2, Version = 1_000 }));
        Assert.True(holder.TryAdopt(Registrations.Pair() with { Lineage = 3 }));
    }

    private static ClusterTopology? Written(string path) => File.Exists(path) ? TopologyFile.TryRead(path) : null;
}

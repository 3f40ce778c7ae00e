using KvCluster.Node.Storage;

namespace KvCluster.Tests.Storage;

public sealed class StoreRunsTests
{
    [Fact]
    public void Add_RemembersEveryRun_AndNamesTheEarlierOnes()
    {
        using var folder = new DataFolder();
        var (first, second, third) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        Assert.Empty(StoreRuns.Add(folder.Path, first));
        Assert.Equal([first], StoreRuns.Add(folder.Path, second));
        Assert.Equal([first, second], StoreRuns.Add(folder.Path, third));
    }

    [Fact]
    public void Add_KeepsTheNewest_WhenThereAreManyThousand()
    {
        using var folder = new DataFolder();
        var newest = Guid.NewGuid();
        File.WriteAllLines(folder.Sub("RUNS"), Enumerable.Range(0, 5_000).Select(_ => Guid.NewGuid().ToString()).Append(newest.ToString()));
        StoreRuns.Add(folder.Path, Guid.NewGuid());
        var known = StoreRuns.Add(folder.Path, Guid.NewGuid());
        Assert.Contains(newest, known);
        Assert.InRange(known.Count, 2, 1_000);
    }

    [Fact]
    public void Add_DamagedFile_KnowsNothingOfIt()
    {
        using var folder = new DataFolder();
        File.WriteAllText(folder.Sub("RUNS"), "no run at all");
        Assert.Empty(StoreRuns.Add(folder.Path, Guid.NewGuid()));
    }
}

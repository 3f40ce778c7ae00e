using KvCluster.Hosting.Machine;
using KvCluster.Hosting.Plan;
using KvCluster.Tests.AppHost;
using Xunit;

namespace KvCluster.Tests.Hosting.Machine;

public sealed class DataRootTests
{
    [Fact]
    public void Open_FolderOfARunningAppHost_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var options = new ClusterPlanOptions { DataDirectory = folder.Path };
        using (DataRoot.Open(options, "unused"))
        {
            var error = Assert.Throws<StartException>(() => DataRoot.Open(options, "unused"));
            Assert.Contains("Another AppHost", error.Message, StringComparison.Ordinal);
        }

        DataRoot.Open(options, "unused").Dispose();
    }

    [Fact]
    public void Open_GivenFolder_IsMadeAndKept()
    {
        using var folder = new TemporaryFolder();
        var given = folder.File("new");

        DataRoot.Open(new ClusterPlanOptions { DataDirectory = given }, "unused").Dispose();

        Assert.True(Directory.Exists(given));
    }

    [Fact]
    public void Dispose_Ephemeral_DeletesTheFolderWithEverythingInIt()
    {
        var root = DataRoot.Open(new ClusterPlanOptions { Ephemeral = true }, "unused");
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(root.Directory, "kv-master")).FullName, "log"), "data");

        root.Dispose();

        Assert.False(Directory.Exists(root.Directory));
    }

    [Fact]
    public void Open_PathThroughAFile_SaysThatTheFolderCannotBeMade()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("file"), "");

        var options = new ClusterPlanOptions { DataDirectory = Path.Combine(folder.File("file"), "data") };

        var error = Assert.Throws<StartException>(() => DataRoot.Open(options, "unused"));
        Assert.Contains("cannot be made", error.Message, StringComparison.Ordinal);
    }
}

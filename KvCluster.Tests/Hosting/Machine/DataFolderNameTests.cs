using KvCluster.AppHost.Machine;
using KvCluster.Hosting.Machine;
using Xunit;

namespace KvCluster.Tests.Hosting.Machine;

public sealed class DataFolderNameTests
{
    [Fact]
    public void Of_TwoFoldersOfOneName_DifferAndBeginWithIt()
    {
        string[] names = [DataFolderName.Of("/home/ada/shop"), DataFolderName.Of("/home/bob/shop")];
        Assert.All(names, name => Assert.Matches("^shop-[0-9a-f]{8}$", name));
        Assert.NotEqual(names[0], names[1]);
        Assert.Equal(names[0], DataFolderName.Of("/home/ada/shop/"));
    }

    [Fact]
    public void CloneName_IsThatOfTheFolderOfTheClone() =>
        Assert.Equal(DataFolderName.Of(Path.GetFullPath(Path.Combine(BuiltPaths.AppHostFolder, ".."))), BuiltPaths.CloneName);
}

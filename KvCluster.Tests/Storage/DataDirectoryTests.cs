using System.Text.Json.Nodes;
using KvCluster.Node.Storage;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Storage;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly DataFolder _folder = new();

    [Fact]
    public void Open_Again_HasTheSameIdentity()
    {
        StoreId store;
        var cluster = new ClusterId(Guid.NewGuid());
        using (var first = DataDirectory.Open(_folder.Sub("data")))
        {
            Assert.True(first.IsNew);
            store = first.StoreId;
            first.AdoptCluster(cluster, new ServerId(3), lineage: 5);
        }

        using var again = DataDirectory.Open(_folder.Sub("data"));
        Assert.False(again.IsNew);
        Assert.Equal((store, cluster, new ServerId(3), 5), (again.StoreId, again.ClusterId, again.ServerId, again.Lineage));
    }

    [Fact]
    public void Claim_ByAnotherServerThanTheRegisteredOne_IsRefused()
    {
        using (var first = DataDirectory.Open(_folder.Sub("data")))
        {
            first.Claim("a");
            first.AdoptCluster(new ClusterId(Guid.NewGuid()), new ServerId(3), 1);
        }

        using var again = DataDirectory.Open(_folder.Sub("data"));
        var refused = Assert.Throws<StorageException>(() => again.Claim("b"));
        Assert.Equal(StorageFailure.Foreign, refused.Failure);
        Assert.Contains("is the data folder of server a; this server is b", refused.Message, StringComparison.Ordinal);
        again.Claim("a");
    }

    [Fact]
    public void Claim_OfAFolderThatWasNeverRegistered_ByAnotherName_IsNoMistake()
    {
        using (var first = DataDirectory.Open(_folder.Sub("data"))) first.Claim("a");
        using var again = DataDirectory.Open(_folder.Sub("data"));
        again.Claim("b");
    }

    [Fact]
    public void Claim_OfARegisteredFolderFromBeforeNamesWereKept_IsNotedWithTheNextRegistration()
    {
        var (cluster, server) = (new ClusterId(Guid.NewGuid()), new ServerId(3));
        Identity($$"""{"format":1,"storeId":"{{Guid.NewGuid()}}","clusterId":"{{cluster.Value}}","serverId":3}""");
        using (var old = DataDirectory.Open(_folder.Sub("data")))
        {
            old.Claim("a");
            old.AdoptCluster(cluster, server, 1);
        }

        using var again = DataDirectory.Open(_folder.Sub("data"));
        Assert.Equal((cluster, server), (again.ClusterId, again.ServerId));
        Assert.Throws<StorageException>(() => again.Claim("b"));
    }

    [Fact]
    public void Open_WhileInUse_IsRefused()
    {
        using var first = DataDirectory.Open(_folder.Sub("data"));
        Refused(StorageFailure.InUse);
    }

    [Fact]
    public void Open_OfSomebodyElsesFolder_IsRefused_AndTouchesNothing()
    {
        Directory.CreateDirectory(_folder.Sub("data"));
        File.WriteAllText(_folder.Sub("data/thesis.txt"), "mine");
        Refused(StorageFailure.Foreign);
        Assert.Equal(["thesis.txt"], Directory.EnumerateFiles(_folder.Sub("data")).Select(Path.GetFileName));
    }

    [Fact]
    public void Open_OfANewerFormat_IsRefused()
    {
        Identity($$"""{"format":{{DataDirectory.Format + 1}},"storeId":"{{Guid.NewGuid()}}"}""");
        Refused(StorageFailure.NewerFormat);
    }

    [Fact]
    public void Open_OfAnOlderFormat_MakesItThePresentOne_SoThatNoOlderVersionUsesIt()
    {
        var store = Guid.NewGuid();
        Identity($$"""{"format":1,"storeId":"{{store}}","serverId":3}""");
        using (var data = DataDirectory.Open(_folder.Sub("data"))) Assert.Equal((store, 3), (data.StoreId.Value, data.ServerId.Value));
        var written = JsonNode.Parse(File.ReadAllText(_folder.Sub("data/identity.json")))!;
        Assert.Equal((DataDirectory.Format, store, 3), ((int)written["format"]!, (Guid)written["storeId"]!, (int)written["serverId"]!));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("""{"format":1,"storeId":"00000000-0000-0000-0000-000000000000"}""")]
    public void Open_OfADamagedIdentity_IsRefused(string content)
    {
        Identity(content);
        Refused(StorageFailure.Corrupt);
    }

    public void Dispose() => _folder.Dispose();

    private void Identity(string content)
    {
        Directory.CreateDirectory(_folder.Sub("data"));
        File.WriteAllText(_folder.Sub("data/identity.json"), content);
    }

    private void Refused(StorageFailure failure) =>
        Assert.Equal(failure, Assert.Throws<StorageException>(() => DataDirectory.Open(_folder.Sub("data"))).Failure);

    [Fact]
    public void MarkRemoved_IsStillThereAfterARestart()
    {
        using (var first = DataDirectory.Open(_folder.Sub("data")))
        {
            Assert.Null(first.Removal);
            first.MarkRemoved("taken out");
        }

        using var again = DataDirectory.Open(_folder.Sub("data"));
        Assert.Equal("taken out", again.Removal);
    }
}

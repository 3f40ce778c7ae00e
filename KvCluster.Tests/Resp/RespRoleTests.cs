using KvCluster.Node.Resp;

namespace KvCluster.Tests.Resp;

/// <summary>Who answers what: main, replica, deposed main, a server without data.</summary>
public sealed class RespRoleTests
{
    private static readonly string Moved = $"-MOVED 15495 {RespRig.OtherNode}";

    [Fact]
    public async Task Replica_AnswersMovedUnlessReadOnlyWasSaid()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        client.Line("set a 1");
        rig.BecomeReplica();
        Assert.Equal((Moved, Moved), (client.Line("get a"), client.Line("set a 2")));
        Assert.Equal("+OK", client.Line("readonly"));
        Assert.Equal(("$1", "[$1]", Moved), (client.Line("get a"), client.Line("mget a"), client.Line("set a 2")));
        Assert.Equal("+OK", client.Line("readwrite"));
        Assert.Equal(Moved, client.Line("get a"));
    }

    [Fact]
    public async Task DeposedMain_AnswersMovedToWhomItServedBefore()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        client.Line("set a 1");
        client.Line("watch a");
        client.Line("multi");
        Assert.Equal("+QUEUED", client.Line("set a 2"));
        rig.BecomeReplica();
        Assert.Equal(Moved, client.Line("exec"));
        Assert.Equal((Moved, Moved), (client.Line("set a 3"), client.Line("watch a")));
        Assert.Equal("1"u8.ToArray(), rig.ValueOf("a"));
    }

    [Fact]
    public async Task Main_ReadsLinearizablyAlsoAfterReadOnly()
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        client.Line("set a 1");
        rig.BecomeMainWithoutLease();
        client.Line("readonly");
        Assert.Equal("$1", client.Line("get a"));
        Assert.Equal(1, rig.Confirmations);
        Assert.Equal("[$1]", client.Line("mget a"));
        Assert.Equal(2, rig.Confirmations);
    }

    [Fact]
    public async Task SlotWithoutNode_IsDown()
    {
        await using var rig = await RespRig.StartAsync(ownsAllSlots: false);
        using var client = await rig.ConnectAsync();
        rig.LoseOtherNode();
        Assert.Equal(("-" + RespErrors.Down, "-" + RespErrors.Down), (client.Line("get foo"), client.Line("set foo 1")));
    }

    [Theory]
    [InlineData("dbsize")]
    [InlineData("keys *")]
    [InlineData("randomkey")]
    [InlineData("scan 0")]
    [InlineData("flushall")]
    [InlineData("cluster countkeysinslot 15495")]
    [InlineData("cluster getkeysinslot 15495 10")]
    public async Task FailedStorage_IsNoEmptyDatabase(string command)
    {
        await using var rig = await RespRig.StartAsync();
        using var client = await rig.ConnectAsync();
        client.Line("set a 1");
        rig.IsFailed = true;
        Assert.Equal("-" + RespErrors.Storage, client.Line(command));
        rig.Server.Store.Close();
        Assert.Equal("-" + RespErrors.Loading, client.Line(command));
    }
}

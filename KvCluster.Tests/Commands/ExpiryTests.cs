using KvCluster.Core.Commands;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Commands;

public sealed class ExpiryTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly TestNode _node = new();

    [Fact]
    public void Key_PastItsTime_IsGoneForReadersAndWriters()
    {
        var put = _node.Apply(Make.Put("k", "v", Expiry.After(Second)));
        Assert.Equal(put.Revision.Milliseconds + 1_000, put.ExpiresAt);
        _node.Tick(TimeSpan.FromMilliseconds(999));
        Assert.Equal("v", _node.Text("k"));
        _node.Tick(TimeSpan.FromMilliseconds(1));
        Assert.Null(_node.Read("k"));
        Assert.Equal(OutcomeCode.Absent, _node.Apply(Make.Delete("k")).Code);
        Assert.Equal(OutcomeCode.PreconditionFailed, _node.Apply(Make.Put("k", "x", condition: Condition.Present)).Code);
        Assert.Equal(OutcomeCode.Created, _node.Apply(Make.Put("k", "x")).Code);
    }

    [Fact]
    public void Key_WithoutAnyNewEntry_StaysAsItIs()
    {
        _node.Apply(Make.Put("k", "v", Expiry.After(Second)));
        _node.Wait(TimeSpan.FromDays(1));
        Assert.Equal("v", _node.Text("k"));
    }

    [Fact]
    public void ExpireDue_DeletesDueRowsInOrderUpToTheLimit()
    {
        var empty = _node.State.Count;
        for (var i = 0; i < 10; i++) _node.Apply(Make.Put($"k{i}", "v", Expiry.After(Second * (i + 1))));
        Assert.Equal(_node.Read("k0")!.ExpiresAt, _node.Executor.EarliestExpiry);
        _node.Wait(Second * 5);
        _node.Apply(new ExpireDue(3));
        Assert.Equal(empty + (7 * 2), _node.State.Count);
        _node.Apply(new ExpireDue(100));
        Assert.Equal(empty + (5 * 2), _node.State.Count);
        Assert.Equal(_node.Read("k5")!.ExpiresAt, _node.Executor.EarliestExpiry);
        _node.Wait(Second * 50);
        _node.Apply(new ExpireDue(100));
        Assert.Equal(empty, _node.State.Count);
        Assert.Null(_node.Executor.EarliestExpiry);
    }

    [Fact]
    public void Put_WithoutTimeToLive_RemovesTheEarlierOne()
    {
        _node.Apply(Make.Put("k", "v", Expiry.After(Second)));
        _node.Apply(Make.Put("k", "w"));
        _node.Tick(Second * 2);
        _node.Apply(new ExpireDue(10));
        Assert.Equal("w", _node.Text("k"));
        Assert.Equal(0, _node.Read("k")!.ExpiresAt);
    }

    [Fact]
    public void Increment_KeepsTheTimeToLive()
    {
        _node.Apply(Make.Put("k", "1", Expiry.After(Second)));
        Assert.NotEqual(0, _node.Apply(Make.Increment("k")).ExpiresAt);
        _node.Tick(Second);
        Assert.Null(_node.Read("k"));
    }

    [Fact]
    public void Expire_ChangesOnlyTheTime()
    {
        var put = _node.Apply(Make.Put("k", "v"));
        var outcome = _node.Apply(Make.Expire("k", Expiry.After(Second)));
        Assert.True(outcome.Revision > put.Revision);
        Assert.Equal(("v", outcome.ExpiresAt), (_node.Text("k"), _node.Read("k")!.ExpiresAt));
        _node.Apply(Make.Expire("k", Expiry.Never));
        Assert.Equal(0, _node.Read("k")!.ExpiresAt);
        Assert.Equal(OutcomeCode.Absent, _node.Apply(Make.Expire("absent", Expiry.Never)).Code);
    }

    [Theory]
    [InlineData(ExpiryKind.At, -5L)]
    [InlineData(ExpiryKind.At, 1L)]
    [InlineData(ExpiryKind.After, 0L)]
    [InlineData(ExpiryKind.After, -9L)]
    public void Time_InThePast_IsOverAtOnce(ExpiryKind kind, long milliseconds)
    {
        _node.Apply(Make.Put("k", "v", new Expiry(kind, milliseconds)));
        Assert.Null(_node.Read("k"));
    }

    [Theory]
    [InlineData(ExpiryKind.At)]
    [InlineData(ExpiryKind.After)]
    public void Time_BeyondAllRevisions_IsNeverOver(ExpiryKind kind)
    {
        _node.Apply(Make.Put("k", "v", new Expiry(kind, long.MaxValue)));
        _node.Tick(TimeSpan.FromDays(36_500));
        Assert.Equal("v", _node.Text("k"));
    }

    [Fact]
    public void EarliestExpiry_AfterARestart_IsKnown()
    {
        _node.Apply(Make.Put("k", "v", Expiry.At(2_000_000)));
        _node.Restart();
        Assert.Equal(2_000_000, _node.Executor.EarliestExpiry);
    }

    [Fact]
    public void Keys_AreCountedAsTheyComeAndGo()
    {
        var id = Make.Id(1, _node.Now);
        _node.Apply(Make.Put("a", "1", id: id));
        _node.Apply(Make.Put("a", "1", id: id));
        _node.Apply(Make.Put("a", "2"));
        _node.Apply(Make.Increment("n"));
        _node.Apply(Make.Put("short", "v", Expiry.After(Second)));
        Assert.Equal(3, _node.Executor.Keys);

        _node.Wait(Second * 2);
        _node.Apply(new ExpireDue(10));
        _node.Apply(Make.Delete("a"));
        _node.Apply(Make.Delete("a"));
        Assert.Equal(1, _node.Executor.Keys);

        _node.Executor.Load(_node.State, rowsEstimate: 501);
        Assert.Equal(500, _node.Executor.Keys);
        _node.Apply(Make.Put("b", "1"));
        Assert.Equal(501, _node.Executor.Keys);
    }
}

using KvCluster.Core.Commands;
using KvCluster.Core.Log;
using KvCluster.Core.State;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;

namespace KvCluster.Tests.Commands;

public sealed class CommandExecutorTests
{
    private readonly TestNode _node = new();

    [Fact]
    public void Put_OfNewAndOldKey_SaysWhich()
    {
        var revision = _node.Now;
        Assert.Equal(new Outcome(OutcomeCode.Created, revision), _node.Apply(Make.Put("k", "one")));
        Assert.Equal(OutcomeCode.Updated, _node.Apply(Make.Put("k", "two")).Code);
        Assert.Equal("two", _node.Text("k"));
        Assert.Equal("text/plain", _node.Read("k")!.ContentType);
    }

    [Fact]
    public void Put_WithoutContentType_IsReadAsBytes()
    {
        _node.Apply(Make.Put("k", "v") with { ContentType = "" });
        Assert.Equal("application/octet-stream", _node.Read("k")!.ContentType);
    }

    [Fact]
    public void Delete_OfPresentAndAbsentKey_SaysWhich()
    {
        _node.Apply(Make.Put("k", "v"));
        Assert.Equal(OutcomeCode.Deleted, _node.Apply(Make.Delete("k")).Code);
        Assert.Null(_node.Read("k"));
        Assert.Equal(OutcomeCode.Absent, _node.Apply(Make.Delete("k")).Code);
    }

    [Fact]
    public void Condition_ThatFails_ChangesNothingAndNamesTheRevision()
    {
        var revision = _node.Apply(Make.Put("k", "v")).Revision;
        Assert.Equal(new Outcome(OutcomeCode.PreconditionFailed, revision), _node.Apply(Make.Put("k", "x", condition: Condition.Absent)));
        Assert.Equal(new Outcome(OutcomeCode.PreconditionFailed, revision), _node.Apply(Make.Delete("k", Condition.Match(new Revision(1)))));
        Assert.Equal(new Outcome(OutcomeCode.PreconditionFailed), _node.Apply(Make.Delete("absent", Condition.Present)));
        Assert.Equal("v", _node.Text("k"));
        Assert.Equal(OutcomeCode.Updated, _node.Apply(Make.Put("k", "y", condition: Condition.Match(revision))).Code);
    }

    [Fact]
    public void Increment_CountsFromZeroAndKeepsTheContentType()
    {
        Assert.Equal(5, _node.Apply(Make.Increment("n", 5)).Number);
        Assert.Equal(-2, _node.Apply(Make.Increment("n", -7)).Number);
        Assert.Equal("-2", _node.Text("n"));
        Assert.Equal("text/plain", _node.Read("n")!.ContentType);
        _node.Apply(Make.Put("j", "41") with { ContentType = "application/json" });
        _node.Apply(Make.Increment("j"));
        Assert.Equal("application/json", _node.Read("j")!.ContentType);
    }

    [Theory]
    [InlineData("9223372036854775807", 1, OutcomeCode.CounterOverflow)]
    [InlineData("-9223372036854775808", -1, OutcomeCode.CounterOverflow)]
    [InlineData("9223372036854775808", 1, OutcomeCode.ValueNotNumber)]
    [InlineData("", 1, OutcomeCode.ValueNotNumber)]
    [InlineData("1.5", 1, OutcomeCode.ValueNotNumber)]
    [InlineData(" 1", 1, OutcomeCode.ValueNotNumber)]
    [InlineData("{\"a\":1,\"b\":\"a long value that is no number\"}", 1, OutcomeCode.ValueNotNumber)]
    public void Increment_ThatCannotCount_ChangesNothing(string value, long by, OutcomeCode expected)
    {
        var revision = _node.Apply(Make.Put("n", value)).Revision;
        Assert.Equal(new Outcome(expected, revision), _node.Apply(Make.Increment("n", by)));
        Assert.Equal(value, _node.Text("n"));
    }

    [Fact]
    public void Patch_KeepsTimeToLiveAndContentType()
    {
        var put = _node.Apply(Make.Put("k", "{\"a\":1}", Expiry.After(TimeSpan.FromSeconds(5))) with { ContentType = "application/vnd.x+json" });
        var patched = _node.Apply(Make.Merge("k", "{\"b\":2}"));
        Assert.Equal(OutcomeCode.Updated, patched.Code);
        Assert.Equal(put.ExpiresAt, patched.ExpiresAt);
        Assert.Equal("{\"a\":1,\"b\":2}", _node.Text("k"));
        Assert.Equal("application/vnd.x+json", _node.Read("k")!.ContentType);
    }

    [Fact]
    public void Patch_OfAbsentKey_IsMadeByMergeOnly()
    {
        Assert.Equal(OutcomeCode.Absent, _node.Apply(Make.JsonPatch("k", "[]")).Code);
        Assert.Equal(OutcomeCode.Created, _node.Apply(Make.Merge("k", "{\"a\":1,\"b\":null}")).Code);
        Assert.Equal("{\"a\":1}", _node.Text("k"));
        Assert.Equal("application/json", _node.Read("k")!.ContentType);
    }

    [Fact]
    public void Patch_ThatFails_ChangesNothing()
    {
        var revision = _node.Apply(Make.Put("k", "no json")).Revision;
        Assert.Equal(new Outcome(OutcomeCode.ValueNotJson, revision), _node.Apply(Make.Merge("k", "{}")));
        Assert.Equal(OutcomeCode.PatchInvalid, _node.Apply(Make.Merge("k", "{")).Code);
        Assert.Equal("no json", _node.Text("k"));
    }

    [Fact]
    public void Write_ToASlotThatIsNotOwned_HasNoEffectAndLeavesNoRecord()
    {
        var node = new TestNode(ownsAllSlots: false);
        var (before, id) = (node.State.Count, Make.Id(1, node.Now));
        Assert.Equal(OutcomeCode.SlotMoved, node.Apply(Make.Put("k", "v", id: id)).Code);
        Assert.Equal(before + 1, node.State.Count);
        node.Apply(new SlotAdopt([new SlotRange(0, 16_383)], 1));
        Assert.Equal(OutcomeCode.Created, node.Apply(Make.Put("k", "v", id: id)).Code);
    }

    [Fact]
    public void SlotAdopt_Repeated_AddsOnlyWhatIsMissing()
    {
        var node = new TestNode(ownsAllSlots: false);
        node.Apply(new SlotAdopt([new SlotRange(0, 99)], 1));
        node.Apply(new SlotAdopt([new SlotRange(0, 199)], 1));
        Assert.Equal([(new SlotRange(0, 199), new SlotState(SlotRole.Own, 1, 0, 1))], node.Executor.Slots.Runs());
        var before = node.Executor.Slots;
        node.Apply(new SlotAdopt([new SlotRange(50, 60)], 9));
        Assert.Equal(before.Runs(), node.Executor.Slots.Runs());
        node.Restart();
        Assert.Equal(before.Runs(), node.Executor.Slots.Runs());
    }

    [Fact]
    public void UnreadableEntry_StopsInsteadOfBeingSkipped()
    {
        Assert.Throws<RecordFormatException>(() => _node.Apply(EntryKind.Command, [1, 99, 0, 1, 0, 65]));
        Assert.Throws<RecordFormatException>(() => _node.Apply(EntryKind.Control, [1, 17]));
        Assert.Throws<RecordFormatException>(() => _node.Apply((EntryKind)9, []));
    }

    [Fact]
    public void Publish_OfABatchThatWasNotEnded_IsRefused()
    {
        var batch = _node.State.Begin();
        _node.Executor.Apply(_node.Log[0], batch);
        Assert.Throws<InvalidOperationException>(_node.Executor.Publish);
    }

    [Fact]
    public void View_BeforePublish_ShowsTheOldState()
    {
        var before = _node.Executor.AppliedRevision;
        var batch = _node.State.Begin();
        _node.Executor.Apply(new LogEntry(new Epoch(1), new LogIndex(9), _node.Now, EntryKind.NoOp, default), batch);
        Assert.Equal(before, _node.Executor.AppliedRevision);
        _node.Executor.EndBatch(batch);
        _node.State.Commit(batch);
        _node.Executor.Publish();
        Assert.Equal(_node.Now, _node.Executor.AppliedRevision);
        _node.Restart();
        Assert.Equal(_node.Now, _node.Executor.AppliedRevision);
    }
}

using KvCluster.Core.Commands;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Commands;

public sealed class DedupTests
{
    private readonly TestNode _node = new();

    [Fact]
    public void Repeat_OfAKnownId_GetsTheFirstAnswerAndHasNoEffect()
    {
        var id = Make.Id(1, _node.Now);
        var first = _node.Apply(Make.Increment("n", 5, id));
        _node.Apply(Make.Increment("n", 1));
        Assert.Equal(first, _node.Apply(Make.Increment("n", 5, id)));
        Assert.Equal("6", _node.Text("n"));
    }

    [Fact]
    public void Repeat_AfterARestart_GetsTheFirstAnswer()
    {
        var (stamped, opaque) = (Make.Id(1, _node.Now), Make.Opaque(9));
        var first = _node.Apply(Make.Increment("n", 5, stamped));
        var second = _node.Apply(Make.Put("k", "v", Expiry.After(TimeSpan.FromHours(1)), id: opaque));
        var refused = _node.Apply(Make.Put("k", "w", condition: Condition.Absent, id: Make.Id(2, _node.Now)));
        _node.Restart();
        Assert.Equal(first, _node.Apply(Make.Increment("n", 5, stamped)));
        Assert.Equal(second, _node.Apply(Make.Put("k", "v", Expiry.After(TimeSpan.FromHours(1)), id: opaque)));
        _node.Apply(Make.Delete("k"));
        Assert.Equal(refused, _node.Apply(Make.Put("k", "w", condition: Condition.Absent, id: Make.Id(2, _node.Now))));
    }

    [Fact]
    public void FirstIncomplete_ForgetsLowerRecordsAndRefusesTheirRepeats()
    {
        var stamp = _node.Now;
        for (ulong sequence = 1; sequence <= 5; sequence++) _node.Apply(Make.Increment("n", 1, Make.Id(sequence, stamp)));
        Assert.Equal(5, _node.Executor.Dedup.Count);
        var rows = _node.State.Count;
        _node.Apply(Make.Increment("n", 1, Make.Id(6, stamp, firstIncomplete: 5)));
        Assert.Equal(2, _node.Executor.Dedup.Count);
        Assert.Equal(rows - 3, _node.State.Count);
        Assert.Equal(OutcomeCode.DedupExpired, _node.Apply(Make.Increment("n", 1, Make.Id(4, stamp))).Code);
        Assert.Equal(5, _node.Apply(Make.Increment("n", 1, Make.Id(5, stamp))).Number);
        Assert.Equal("6", _node.Text("n"));
        _node.Restart();
        Assert.Equal(OutcomeCode.DedupExpired, _node.Apply(Make.Increment("n", 1, Make.Id(4, stamp))).Code);
    }

    [Fact]
    public void Horizon_ForgetsOlderRecordsAndRefusesOlderStamps()
    {
        var stamp = _node.Now;
        var old = _node.Apply(Make.Increment("n", 1, Make.Id(1, stamp)));
        _node.Apply(Make.Increment("n", 1, Make.Opaque(9)));
        var young = _node.Apply(Make.Increment("n", 1, Make.Id(1, _node.Now, client: 8)));
        _node.Apply(new DedupHorizon(new Revision(young.Revision.Value - 1)));
        Assert.Equal(1, _node.Executor.Dedup.Count);
        Assert.Equal(young.Revision, _node.Executor.Dedup.OldestRevision);
        Assert.Equal(OutcomeCode.DedupExpired, _node.Apply(Make.Increment("n", 1, Make.Id(1, stamp))).Code);
        Assert.Equal(young, _node.Apply(Make.Increment("n", 1, Make.Id(1, young.Revision, client: 8))));

        // An opaque key is protected inside the window only.
        Assert.Equal(4, _node.Apply(Make.Increment("n", 1, Make.Opaque(9))).Number);
        _node.Restart();
        Assert.Equal(OutcomeCode.DedupExpired, _node.Apply(Make.Increment("n", 1, Make.Id(1, old.Revision, client: 99))).Code);
    }

    [Fact]
    public void Horizon_ThatDoesNotGrow_HasNoEffect()
    {
        _node.Apply(new DedupHorizon(new Revision(500)));
        _node.Apply(new DedupHorizon(new Revision(400)));
        Assert.Equal(OutcomeCode.DedupExpired, _node.Apply(Make.Increment("n", 1, Make.Id(1, new Revision(500)))).Code);
        Assert.Equal(OutcomeCode.Created, _node.Apply(Make.Increment("n", 1, Make.Id(1, new Revision(501)))).Code);
    }

    [Fact]
    public void Record_WithAStampAheadOfTheLog_OutlivesAHorizonBelowTheStamp()
    {
        var stamp = _node.Now.AddMilliseconds(30_000);
        var first = _node.Apply(Make.Increment("n", 1, Make.Id(1, stamp)));
        _node.Apply(new DedupHorizon(stamp.SubtractMilliseconds(1)));
        Assert.Equal(first, _node.Apply(Make.Increment("n", 1, Make.Id(1, stamp))));
        _node.Apply(new DedupHorizon(stamp));
        Assert.Equal(OutcomeCode.DedupExpired, _node.Apply(Make.Increment("n", 1, Make.Id(1, stamp))).Code);
    }

    [Fact]
    public void Record_ThatMadeOthersForgettable_StaysAsLongAsTheirStampsCouldPass()
    {
        var ahead = _node.Now.AddMilliseconds(30_000);
        _node.Apply(Make.Increment("n", 1, Make.Id(1, ahead)));
        _node.Apply(Make.Increment("n", 1, Make.Id(2, _node.Now, firstIncomplete: 2)));
        _node.Apply(new DedupHorizon(ahead.SubtractMilliseconds(1)));
        Assert.Equal(OutcomeCode.DedupExpired, _node.Apply(Make.Increment("n", 1, Make.Id(1, ahead))).Code);
    }

    [Fact]
    public void Stamp_FarAheadOfTheLog_IsRefusedAndLeavesNoRecord()
    {
        var id = Make.Id(1, _node.Now.AddMilliseconds(60_001));
        Assert.Equal(OutcomeCode.StampInFuture, _node.Apply(Make.Increment("n", 1, id)).Code);
        _node.Wait(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _node.Apply(Make.Increment("n", 1, id)).Number);
    }

    [Fact]
    public void Client_WithTooManyOpenRequests_LosesTheLowest()
    {
        var stamp = _node.Now;
        for (ulong sequence = 1; sequence <= CommandLimits.RequestsPerClientMax + 10; sequence++)
            _node.Apply(Make.Delete("k") with { RequestId = Make.Id(sequence, stamp) });
        Assert.Equal(CommandLimits.RequestsPerClientMax, _node.Executor.Dedup.Count);
        Assert.Equal(OutcomeCode.DedupExpired, _node.Apply(Make.Put("k", "v", id: Make.Id(10, stamp))).Code);
        Assert.Equal(OutcomeCode.Absent, _node.Apply(Make.Put("k", "v", id: Make.Id(11, stamp))).Code);
    }

    [Fact]
    public void Summary_OverTheBound_NamesAnEarlierHorizon()
    {
        var batch = _node.State.Begin();
        var last = Revision.None;
        for (var client = 1; client <= CommandLimits.RequestsMax + 1; client++)
        {
            last = new Revision(_node.Now.Value + (ulong)client);
            var payload = CommandCodec.Encode(Make.Delete("k") with { RequestId = Make.Id(1, last, client: client) });
            _node.Executor.Apply(new(new Epoch(1), new LogIndex(client), last, Core.Log.EntryKind.Command, payload), batch);
        }

        _node.Executor.EndBatch(batch);
        _node.Executor.Publish();
        var summary = _node.Executor.Dedup;
        Assert.Equal(CommandLimits.RequestsMax + 1, summary.Count);
        Assert.InRange(summary.EarlyHorizon!.Value.Value, summary.OldestRevision!.Value.Value + 1, last.Value - 1);
    }

    [Fact]
    public void OpaqueIds_BeyondTheBound_AreRefusedAndNotForgottenEarly()
    {
        var batch = _node.State.Begin();
        var codes = new List<OutcomeCode>();
        for (var client = 1; client <= CommandLimits.RequestsMax + 1; client++)
        {
            var payload = CommandCodec.Encode(Make.Increment("n", 1, Make.Opaque(client)));
            codes.Add(_node.Executor.Apply(new(new Epoch(1), new LogIndex(client), new Revision(_node.Now.Value + (ulong)client), Core.Log.EntryKind.Command, payload), batch).Code);
        }

        _node.Executor.EndBatch(batch);
        _node.State.Commit(batch);
        _node.Executor.Publish();
        Assert.Equal(OutcomeCode.RequestsFull, codes[^1]);
        Assert.DoesNotContain(OutcomeCode.RequestsFull, codes.Take(CommandLimits.RequestsMax));
        Assert.Null(_node.Executor.Dedup.EarlyHorizon);

        // A repeat of the first still gets the first answer, whatever was raised because of the number of records.
        _node.Wait(TimeSpan.FromSeconds(1));
        _node.Apply(new DedupHorizon(_node.Now, IsEarly: true));
        Assert.Equal(1, _node.Apply(Make.Increment("n", 1, Make.Opaque(1))).Number);
        _node.Apply(new DedupHorizon(_node.Now));
        Assert.Equal(CommandLimits.RequestsMax + 1, _node.Apply(Make.Increment("n", 1, Make.Opaque(CommandLimits.RequestsMax + 1))).Number);
    }
}

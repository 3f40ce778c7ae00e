namespace KvCluster.Tests.Linearizability;

public sealed class LinearizabilityCheckerTests
{
    [Fact]
    public void Check_EmptyHistory_IsLinearizable() => Assert.Equal(VerdictKind.Linearizable, LinearizabilityChecker.Check([]).Kind);

    [Fact]
    public void Check_ReadOfAFinishedWrite_IsLinearizable() => Assert.Equal(VerdictKind.Linearizable, new HistoryBuilder()
        .Put(1, 0, 10, 7, ResultCode.Created).Read(2, 20, 30, 7).Check());

    [Fact]
    public void Check_ReadThatMissesAFinishedWrite_IsViolated() => Assert.Equal(VerdictKind.Violated, new HistoryBuilder()
        .Put(1, 0, 10, 7, ResultCode.Created).ReadNothing(2, 20, 30).Check());

    [Fact]
    public void Check_StaleReadAfterANewerOne_IsViolated() => Assert.Equal(VerdictKind.Violated, new HistoryBuilder()
        .Put(1, 0, 10, 7, ResultCode.Created).Put(1, 20, 60, 8, ResultCode.Updated)
        .Read(2, 25, 30, 8).Read(3, 35, 40, 7).Check());

    [Fact]
    public void Check_ConcurrentReadsThatSeeEitherValue_AreLinearizable() => Assert.Equal(VerdictKind.Linearizable, new HistoryBuilder()
        .Put(1, 0, 10, 7, ResultCode.Created).Put(1, 20, 60, 8, ResultCode.Updated)
        .Read(2, 25, 30, 7).Read(3, 35, 40, 8).Check());

    [Fact]
    public void Check_UnknownWriteThatTookEffectMuchLater_IsLinearizable() => Assert.Equal(VerdictKind.Linearizable, new HistoryBuilder()
        .Put(1, 0, 0, 7, ResultCode.Unknown).Put(2, 10, 20, 8, ResultCode.Created).Read(3, 30, 40, 8).Read(3, 50, 60, 7).Check());

    [Fact]
    public void Check_UnknownWriteThatNeverTookEffect_IsLinearizable() => Assert.Equal(VerdictKind.Linearizable, new HistoryBuilder()
        .Put(1, 0, 0, 7, ResultCode.Unknown).ReadNothing(2, 10, 20).Put(2, 30, 40, 8, ResultCode.Created).Read(3, 50, 60, 8).Check());

    [Fact]
    public void Check_UnknownWriteThatTookEffectTwice_IsViolated() => Assert.Equal(VerdictKind.Violated, new HistoryBuilder()
        .Put(1, 0, 0, 7, ResultCode.Unknown).Read(2, 10, 20, 7).Put(2, 30, 40, 8, ResultCode.Updated).Read(2, 50, 60, 7).Check());

    [Fact]
    public void Check_WriteSeenBeforeItWasCalled_IsViolated() => Assert.Equal(VerdictKind.Violated, new HistoryBuilder()
        .Read(2, 0, 10, 7).Put(1, 20, 30, 7, ResultCode.Created).Check());

    [Fact]
    public void Check_ValueThatNobodyWrote_IsViolated() => Assert.Equal(VerdictKind.Violated, new HistoryBuilder()
        .Put(1, 0, 10, 7, ResultCode.Created).Read(2, 5, 30, 9).Check());

    [Fact]
    public void Check_IncrementsWithTheirResults_AreLinearizable() => Assert.Equal(VerdictKind.Linearizable, new HistoryBuilder()
        .Increment(1, 0, 50, 1, ResultCode.Updated, 3).Increment(2, 0, 50, 2, ResultCode.Created, 2).Read(3, 60, 70, 3).Check());

    [Fact]
    public void Check_IncrementCountedTwice_IsViolated() => Assert.Equal(VerdictKind.Violated, new HistoryBuilder()
        .Increment(1, 0, 10, 1, ResultCode.Created, 1).Increment(2, 20, 30, 1, ResultCode.Updated, 2).Read(3, 60, 70, 3).Check());

    [Fact]
    public void Check_IncrementOfUnknownOutcome_CountsAtMostOnce() => Assert.Equal(VerdictKind.Violated, new HistoryBuilder()
        .Increment(1, 0, 0, 1, ResultCode.Unknown).Increment(2, 20, 30, 1, ResultCode.Updated, 2).Read(3, 60, 70, 3).Check());

    [Fact]
    public void Check_TwoWinnersOfOneCompareAndSet_AreViolated() => Assert.Equal(VerdictKind.Violated, new HistoryBuilder()
        .Put(1, 0, 10, 7, ResultCode.Created)
        .Put(1, 20, 40, 8, ResultCode.Updated, OperationCondition.Match, 7)
        .Put(2, 20, 40, 9, ResultCode.Updated, OperationCondition.Match, 7).Check());

    [Fact]
    public void Check_OneWinnerOfACompareAndSet_IsLinearizable() => Assert.Equal(VerdictKind.Linearizable, new HistoryBuilder()
        .Put(1, 0, 10, 7, ResultCode.Created)
        .Put(1, 20, 40, 8, ResultCode.Updated, OperationCondition.Match, 7)
        .Put(2, 20, 40, 9, ResultCode.PreconditionFailed, OperationCondition.Match, 7).Check());

    [Fact]
    public void Check_TwoCreationsWithoutADeletion_AreViolated() => Assert.Equal(VerdictKind.Violated, new HistoryBuilder()
        .Put(1, 0, 40, 8, ResultCode.Created, OperationCondition.Absent).Put(2, 0, 40, 9, ResultCode.Created, OperationCondition.Absent).Check());

    [Fact]
    public void Check_DeletionThatWasToldOfAValueItCouldNotFind_IsViolated() => Assert.Equal(VerdictKind.Violated, new HistoryBuilder()
        .Put(1, 0, 10, 7, ResultCode.Created).Delete(1, 20, 30, ResultCode.Deleted).Delete(2, 40, 50, ResultCode.Deleted).Check());

    [Fact]
    public void Check_PatchesOfTwoFields_KeepBoth() => Assert.Equal(VerdictKind.Linearizable, new HistoryBuilder()
        .Add(1, 0, 50, OperationKind.PatchFirst, ResultCode.Created, 5).Add(2, 0, 50, OperationKind.PatchSecond, ResultCode.Updated, 6)
        .ReadDocument(3, 60, 70, 5, 6).Check());

    [Fact]
    public void Check_PatchThatOverwroteTheOtherField_IsViolated() => Assert.Equal(VerdictKind.Violated, new HistoryBuilder()
        .Add(1, 0, 50, OperationKind.PatchFirst, ResultCode.Created, 5).Add(2, 0, 50, OperationKind.PatchSecond, ResultCode.Updated, 6)
        .ReadDocument(3, 60, 70, 0, 6).Check());

    [Fact]
    public void Check_ValueThatCameBackAfterItsExpiry_IsViolated() => Assert.Equal(VerdictKind.Violated, new HistoryBuilder()
        .Add(1, 0, 10, OperationKind.Put, ResultCode.Created, 7, lifetime: 1).Add(0, 10, 0, OperationKind.RunOut, ResultCode.Unknown, 1)
        .ReadNothing(2, 100, 110).ReadMortal(2, 120, 130, 7).Check());

    [Theory]
    [InlineData(true, false, VerdictKind.Linearizable)]
    [InlineData(false, true, VerdictKind.Linearizable)]
    [InlineData(true, true, VerdictKind.Violated)]
    public void Check_LifetimeGivenOrTaken_DecidesWhetherTheKeyMayVanish(bool isGivenLast, bool isFoundAtTheEnd, VerdictKind expected)
    {
        var history = new HistoryBuilder().Put(1, 0, 10, 7, ResultCode.Created).Add(1, 20, 30, OperationKind.ChangeLifetime, ResultCode.Updated, lifetime: 1)
            .Add(0, 30, 0, OperationKind.RunOut, ResultCode.Unknown, 1);
        if (!isGivenLast) history.Add(1, 40, 50, OperationKind.Persist, ResultCode.Updated);

        // While the time to live is there, a reader that is told of none was told wrong.
        if (isFoundAtTheEnd) history.Read(2, 60, 70, 7);
        else history.ReadNothing(2, 60, 70);
        Assert.Equal(expected, history.Check());
    }

    [Fact]
    public void Check_KeyThatVanishedAfterItsLifetimeWasTaken_IsViolated() => Assert.Equal(VerdictKind.Violated, new HistoryBuilder()
        .Put(1, 0, 10, 7, ResultCode.Created).Add(1, 20, 30, OperationKind.ChangeLifetime, ResultCode.Updated, lifetime: 1)
        .Add(0, 30, 0, OperationKind.RunOut, ResultCode.Unknown, 1)
        .Add(1, 40, 50, OperationKind.Persist, ResultCode.Updated).ReadNothing(2, 60, 70).Check());

    [Fact]
    public void Check_IncrementThatLostTheLifetime_IsViolated() => Assert.Equal(VerdictKind.Violated, new HistoryBuilder()
        .Increment(1, 0, 10, 2, ResultCode.Created, 2).Add(1, 20, 30, OperationKind.ChangeLifetime, ResultCode.Updated, lifetime: 1)
        .Increment(1, 40, 50, 1, ResultCode.Updated, 3).Read(2, 60, 70, 3).Check());

    [Fact]
    public void Check_PersistToldOfALifetimeThatWasNotThere_IsViolated() => Assert.Equal(VerdictKind.Violated, new HistoryBuilder()
        .Put(1, 0, 10, 7, ResultCode.Created).Add(1, 20, 30, OperationKind.Persist, ResultCode.Updated).Check());

    [Fact]
    public void Check_PairWrittenAsOne_IsLinearizable() => Assert.Equal(VerdictKind.Linearizable, new HistoryBuilder()
        .Add(1, 0, 50, OperationKind.PutBoth, ResultCode.Updated, 5).Add(2, 0, 50, OperationKind.PutFirst, ResultCode.Updated, 6)
        .ReadDocument(3, 60, 70, 6, 5).Add(1, 80, 90, OperationKind.DeleteBoth, ResultCode.Updated, seen: KeyContent.OfHalves(1, 1)).Check());

    [Fact]
    public void Check_HalfOfAPairWrittenAsOne_IsViolated() => Assert.Equal(VerdictKind.Violated, new HistoryBuilder()
        .Add(1, 0, 0, OperationKind.PutBoth, ResultCode.Unknown, 5).ReadDocument(3, 60, 70, 5, 0).Check());

    [Fact]
    public void Check_PairToldOfWhatNeverWasThere_IsViolated() => Assert.Equal(VerdictKind.Violated, new HistoryBuilder()
        .Add(1, 0, 10, OperationKind.PutBoth, ResultCode.Updated, 5)
        .Add(1, 20, 30, OperationKind.PutBoth, ResultCode.Updated, 6, KeyContent.OfHalves(5, 4)).Check());

    [Fact]
    public void Check_GuardOfAPairThatDidNotHold_LeavesBothAlone() => Assert.Equal(VerdictKind.Violated, new HistoryBuilder()
        .Add(1, 0, 10, OperationKind.PutBoth, ResultCode.Updated, 5)
        .Add(1, 20, 30, OperationKind.PutBoth, ResultCode.PreconditionFailed, 6, condition: OperationCondition.Match, expected: 4)
        .ReadDocument(3, 40, 50, 5, 6).Check());

    [Fact]
    public void Check_ManyKeys_NamesTheOneThatIsWrong()
    {
        var good = new HistoryBuilder().Put(1, 0, 10, 7, ResultCode.Created).Read(2, 20, 30, 7).Operations;
        var bad = new HistoryBuilder().Put(1, 0, 10, 7, ResultCode.Created).Read(2, 20, 30, 8).Operations;
        var verdict = LinearizabilityChecker.Check([.. good, .. bad.Select(operation => operation with { Key = "wrong" })]);
        Assert.Equal(VerdictKind.Violated, verdict.Kind);
        Assert.Contains("operations on wrong", verdict.Witness, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_MoreWorkThanAllowed_IsUndecided()
    {
        var history = new HistoryBuilder();
        for (var i = 1; i <= 12; i++) history.Put(i, 0, 1_000, i, ResultCode.Unknown);
        history.Read(20, 2_000, 2_010, 99);
        Assert.Equal(VerdictKind.Undecided, LinearizabilityChecker.Check(history.Operations, stepsMax: 50).Kind);
    }

    [Fact]
    public void Check_ALongHistoryOfOneKey_IsDecidedWithLittleWork()
    {
        var history = new HistoryBuilder();
        for (var i = 1; i <= 2_000; i++)
            history.Put(1, i * 100, (i * 100) + 150, i, i == 1 ? ResultCode.Created : ResultCode.Updated).Read(2, (i * 100) + 20, (i * 100) + 90, i);
        Assert.Equal(VerdictKind.Linearizable, LinearizabilityChecker.Check(history.Operations, stepsMax: 50_000).Kind);
    }
}

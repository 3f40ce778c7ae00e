using KvCluster.Node.Control;

namespace KvCluster.Tests.Control.Homes;

public sealed class KubernetesRegisterTests : RegisterContract
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected override async Task<RegisterHomeUnderTest> StartAsync() => await ApiServer.OpenAsync();

    [Fact]
    public async Task CompareAndSet_AnswerLost_IsUnknownAndThenItsOwnSuccess()
    {
        await using var home = await ApiServer.OpenAsync();
        var next = RegisterHomeUnderTest.Next(await home.FoundAsync());
        home.Spoil(ApiTrouble.AnswerLost);
        Assert.Equal(RegisterOutcome.Unknown, await home.Of(0).OutcomeAsync(next.Version - 1, next, Cancellation));
        Assert.Equal(RegisterOutcome.Written, await home.Of(0).OutcomeAsync(next.Version - 1, next, Cancellation));
    }

    [Fact]
    public async Task CompareAndSet_OvertakenBetweenReadAndReplacement_IsAConflict()
    {
        await using var home = await ApiServer.OpenAsync();
        var settled = await home.FoundAsync();
        home.Spoil(ApiTrouble.Overtaken);
        Assert.Equal(RegisterOutcome.Conflict, await home.Of(0).OutcomeAsync(settled.Version, RegisterHomeUnderTest.Next(settled), Cancellation));
    }

    [Theory]
    [InlineData(nameof(ApiTrouble.AnswerCut))]
    [InlineData(nameof(ApiTrouble.Hangs))]
    [InlineData(nameof(ApiTrouble.Failed))]
    public async Task CompareAndSet_NoWholeAnswer_IsUnknownAndThenKnown(string trouble)
    {
        await using var home = await ApiServer.OpenAsync();
        var settled = await home.FoundAsync();
        var next = RegisterHomeUnderTest.Next(settled);
        home.Spoil(Enum.Parse<ApiTrouble>(trouble));
        Assert.Equal(RegisterOutcome.Unknown, await home.Of(0).OutcomeAsync(settled.Version, next, Cancellation));
        Assert.Equal(RegisterOutcome.Written, await home.Of(0).OutcomeAsync(settled.Version, next, Cancellation));

        // The first of them was the founding.
        Assert.Equal(2, home.Writes);
    }

    [Theory]
    [InlineData(nameof(ApiTrouble.AnswerLost))]
    [InlineData(nameof(ApiTrouble.AnswerCut))]
    [InlineData(nameof(ApiTrouble.Hangs))]
    [InlineData(nameof(ApiTrouble.Failed))]
    public async Task Read_NoWholeAnswer_FindsNothingAndWritesNothing(string trouble)
    {
        await using var home = await ApiServer.OpenAsync();
        var settled = await home.FoundAsync();
        home.SpoilReading(Enum.Parse<ApiTrouble>(trouble));
        Assert.Null(await home.Of(0).ReadAsync(Cancellation));
        home.SpoilReading(Enum.Parse<ApiTrouble>(trouble));
        Assert.Equal(RegisterOutcome.Unavailable, await home.Of(0).OutcomeAsync(settled.Version, RegisterHomeUnderTest.Next(settled), Cancellation));
        Assert.Equal(1, home.Writes);
    }

    [Fact]
    public async Task CompareAndSet_MapTouchedButNotTheTopology_IsWritten()
    {
        await using var home = await ApiServer.OpenAsync();
        var settled = await home.FoundAsync();
        home.Spoil(ApiTrouble.Touched);
        Assert.Equal(RegisterOutcome.Written, await home.Of(0).OutcomeAsync(settled.Version, RegisterHomeUnderTest.Next(settled), Cancellation));
    }

    [Fact]
    public async Task CompareAndSet_MapTouchedEachTime_GivesUpAndHasWrittenNothing()
    {
        await using var home = await ApiServer.OpenAsync();
        var settled = await home.FoundAsync();
        for (var time = 0; time < 4; time++) home.Spoil(ApiTrouble.Touched);
        Assert.Equal(RegisterOutcome.Unavailable, await home.Of(0).OutcomeAsync(settled.Version, RegisterHomeUnderTest.Next(settled), Cancellation));
        Assert.Equal(1, home.Writes);
    }

    [Fact]
    public async Task CompareAndSet_Throttled_IsAskedAgainAfterAPause()
    {
        await using var home = await ApiServer.OpenAsync();
        var settled = await home.FoundAsync();
        home.Spoil(ApiTrouble.Throttled);
        Assert.Equal(RegisterOutcome.Written, await home.Of(0).OutcomeAsync(settled.Version, RegisterHomeUnderTest.Next(settled), Cancellation));
        Assert.Equal(1, home.Throttled);
    }

    [Fact]
    public async Task CompareAndSet_Forbidden_IsUnavailable()
    {
        await using var home = await ApiServer.OpenAsync();
        var settled = await home.FoundAsync();
        home.Spoil(ApiTrouble.Forbidden);
        Assert.Equal(RegisterOutcome.Unavailable, await home.Of(0).OutcomeAsync(settled.Version, RegisterHomeUnderTest.Next(settled), Cancellation));
        Assert.Equal(settled.Version, (await home.Of(0).ReadAsync(Cancellation))!.Version);
    }

    [Fact]
    public async Task CompareAndSet_SomethingElseInTheConfigMap_IsNotOverwritten()
    {
        await using var home = await ApiServer.OpenAsync();
        await home.FoundAsync();
        home.Overwrite("no topology");
        Assert.Null(await home.Of(0).ReadAsync(Cancellation));
        Assert.Equal(RegisterOutcome.Unavailable, await home.Of(0).OutcomeAsync(0, home.First(), Cancellation));
        Assert.Equal("no topology", home.Text);
    }
}

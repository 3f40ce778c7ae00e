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
        Assert.Equal(RegisterOutcome.Unknown, await home.Of(0).CompareAndSetAsync(next.Version - 1, next, Cancellation));
        Assert.Equal(RegisterOutcome.Written, await home.Of(0).CompareAndSetAsync(next.Version - 1, next, Cancellation));
    }

    [Fact]
    public async Task CompareAndSet_OvertakenBetweenReadAndReplacement_IsAConflict()
    {
        await using var home = await ApiServer.OpenAsync();
        var settled = await home.FoundAsync();
        home.Spoil(ApiTrouble.Overtaken);
        Assert.Equal(RegisterOutcome.Conflict, await home.Of(0).CompareAndSetAsync(settled.Version, RegisterHomeUnderTest.Next(settled), Cancellation));
    }

    [Fact]
    public async Task CompareAndSet_Throttled_IsAskedAgainAfterAPause()
    {
        await using var home = await ApiServer.OpenAsync();
        var settled = await home.FoundAsync();
        home.Spoil(ApiTrouble.Throttled);
        Assert.Equal(RegisterOutcome.Written, await home.Of(0).CompareAndSetAsync(settled.Version, RegisterHomeUnderTest.Next(settled), Cancellation));
        Assert.Equal(1, home.Throttled);
    }

    [Fact]
    public async Task CompareAndSet_Forbidden_IsUnavailable()
    {
        await using var home = await ApiServer.OpenAsync();
        var settled = await home.FoundAsync();
        home.Spoil(ApiTrouble.Forbidden);
        Assert.Equal(RegisterOutcome.Unavailable, await home.Of(0).CompareAndSetAsync(settled.Version, RegisterHomeUnderTest.Next(settled), Cancellation));
        Assert.Equal(settled.Version, (await home.Of(0).ReadAsync(Cancellation))!.Version);
    }

    [Fact]
    public async Task CompareAndSet_SomethingElseInTheConfigMap_IsNotOverwritten()
    {
        await using var home = await ApiServer.OpenAsync();
        await home.FoundAsync();
        home.Overwrite("no topology");
        Assert.Null(await home.Of(0).ReadAsync(Cancellation));
        Assert.Equal(RegisterOutcome.Unavailable, await home.Of(0).CompareAndSetAsync(0, home.First(), Cancellation));
        Assert.Equal("no topology", home.Text);
    }
}

namespace KvCluster.Tests.Control.Homes;

public sealed class EmbeddedRegisterTests : RegisterContract
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected override async Task<RegisterHomeUnderTest> StartAsync() => await EmbeddedHome.OpenAsync(voters: 3);

    [Fact]
    public async Task Vote_OfAServerWithANewNumber_IsReachedUnderThatNumber()
    {
        await using var home = await EmbeddedHome.OpenAsync(voters: 3);
        var settled = await home.FoundAsync();
        var renumbered = await home.ChangeVotersAsync(() => home.Renumber(2, settled));
        Assert.Equal(renumbered.Version, (await home.Of(1).ReadAsync(Cancellation))!.Version);
    }
}

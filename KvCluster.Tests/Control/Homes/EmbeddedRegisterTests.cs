namespace KvCluster.Tests.Control.Homes;

public sealed class EmbeddedRegisterTests : RegisterContract
{
    private protected override async Task<RegisterHomeUnderTest> StartAsync() => await EmbeddedHome.OpenAsync(voters: 3);
}

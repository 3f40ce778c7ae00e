namespace KvCluster.Tests.Control.Homes;

public sealed class EmbeddedRegisterOfOneTests : RegisterContract
{
    private protected override async Task<RegisterHomeUnderTest> StartAsync() => await EmbeddedHome.OpenAsync(voters: 1);
}

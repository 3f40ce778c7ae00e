namespace KvCluster.Tests.Control.Homes;

public sealed class EtcdRegisterTests : RegisterContract
{
    private protected override async Task<RegisterHomeUnderTest> StartAsync() => await EtcdProcess.OpenAsync();
}

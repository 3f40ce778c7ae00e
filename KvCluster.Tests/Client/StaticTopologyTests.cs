using KvCluster.Client;
using KvCluster.Tests.Client.Fake;

namespace KvCluster.Tests.Client;

public sealed class StaticTopologyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_StaticList_WorksWithoutAnyQuestionAboutTheCluster()
    {
        await using var cluster = await FakeCluster.StartAsync(2);
        using var client = KvClusterClient.Connect(
            $"{cluster.Server(1).Address.Authority}|{cluster.Server(2).Address.Authority},{cluster.Server(3).Address.Authority}|{cluster.Server(4).Address.Authority};mode=static");
        for (var node = 1; node <= 2; node++)
        {
            var key = cluster.KeyOf(node);
            await client.PutAsync(key, "v", cancellationToken: Cancellation);
            await cluster.MainOf(key).KillAsync();
            var read = await client.GetAsync(key, cancellationToken: Cancellation);
            Assert.Equal("v", read.Text);
            Assert.Equal(KvSource.Replica, read.Source);
        }

        for (var server = 1; server <= 4; server++)
            Assert.DoesNotContain(cluster.Server(server).Requests, request => request.Contains("/cluster/", StringComparison.Ordinal));
    }
}

using KvCluster.Hosting.Sight;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Tests.Hosting.Sight;

public sealed class ClusterHealthTests
{
    [Fact]
    public void Of_NoAnswer_IsUnhealthy()
    {
        var health = ClusterHealth.Of(null);
        Assert.Equal(ClusterCondition.Unhealthy, health.Condition);
        Assert.Equal("no server answers", health.Sentence);
    }

    [Fact]
    public void Of_PairInSync_IsHealthyWithoutReason()
    {
        var health = ClusterHealth.Of(SeenCluster.Pair(ServerState.Main, ServerState.Replica, replicaInSync: true));
        Assert.Equal(ClusterCondition.Healthy, health.Condition);
        Assert.Null(health.Sentence);
    }

    [Theory]
    [InlineData(ServerState.Unreachable, "does not answer")]
    [InlineData(ServerState.CatchingUp, "catching up")]
    public void Of_OneCopyOfTwo_IsDegradedAndNamesTheServer(ServerState replica, string why)
    {
        var health = ClusterHealth.Of(SeenCluster.Pair(ServerState.Main, replica, replicaInSync: false));
        Assert.Equal(ClusterCondition.Degraded, health.Condition);
        Assert.Contains("b", health.Sentence, StringComparison.Ordinal);
        Assert.Contains(why, health.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_NodePlannedWithOneServer_IsHealthy() =>
        Assert.Equal(ClusterCondition.Healthy, ClusterHealth.Of(SeenCluster.Single(ServerState.Main)).Condition);

    [Fact]
    public void Of_OnlyServerOfItsNodeSilent_IsUnhealthyAndSaysSo()
    {
        var health = ClusterHealth.Of(SeenCluster.Single(ServerState.Unreachable, allServed: false));
        Assert.Equal(ClusterCondition.Unhealthy, health.Condition);
        Assert.Contains("its main a does not answer", health.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_SlotsNotYetServed_IsUnhealthyAlthoughEachNodeIsWhole()
    {
        var health = ClusterHealth.Of(SeenCluster.Pair(ServerState.Main, ServerState.Replica, replicaInSync: true, allServed: false));
        Assert.Equal(ClusterCondition.Unhealthy, health.Condition);
        Assert.NotNull(health.Sentence);
    }
}

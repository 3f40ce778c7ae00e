using KvCluster.Hosting.Sight;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Tests.Hosting.Sight;

public sealed class ClusterSummaryTests
{
    [Fact]
    public void LinesOf_Healthy_SaysSoAndNamesEveryServer() => Assert.Equal(
        ["all slots are served, every node is fully protected", "a: main", "b: replica"],
        ClusterSummary.LinesOf(SeenCluster.Pair(ServerState.Main, ServerState.Replica, replicaInSync: true)));

    [Fact]
    public void LinesOf_OneCopy_SaysWhyFirst()
    {
        var lines = ClusterSummary.LinesOf(SeenCluster.Pair(ServerState.Main, ServerState.CatchingUp, replicaInSync: false));
        Assert.StartsWith("n: ", lines[0], StringComparison.Ordinal);
        Assert.Equal("b: catching up", lines[2]);
    }

    [Fact]
    public void LinesOf_NobodyAnswers_SaysThatAlone() => Assert.Equal(["no server answers"], ClusterSummary.LinesOf(null));
}

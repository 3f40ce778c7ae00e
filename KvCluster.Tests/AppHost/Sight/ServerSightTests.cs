using KvCluster.AppHost.Sight;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Tests.AppHost.Sight;

public sealed class ServerSightTests
{
    [Theory]
    [InlineData(ServerState.Main, "main", StateTone.Good)]
    [InlineData(ServerState.Replica, "replica", StateTone.Good)]
    [InlineData(ServerState.Witness, "witness", StateTone.Good)]
    [InlineData(ServerState.Starting, "starting", StateTone.Busy)]
    [InlineData(ServerState.Reconciling, "reconciling", StateTone.Busy)]
    [InlineData(ServerState.Promoting, "promoting", StateTone.Busy)]
    [InlineData(ServerState.CatchingUp, "catching up", StateTone.Busy)]
    [InlineData(ServerState.Unreachable, "unreachable", StateTone.Warning)]
    [InlineData(ServerState.Failed, "failed", StateTone.Bad)]
    public void Of_EachState_HasItsWords(ServerState state, string text, StateTone tone) =>
        Assert.Equal(new ServerSight(text, tone), ServerSight.Of(SeenCluster.Report(SeenCluster.Main, "a", state)));

    [Fact]
    public void Of_MainWithOneCopyAndTheOffice_SaysBoth()
    {
        var server = SeenCluster.Report(SeenCluster.Main, "a", ServerState.Main) with { IsMaster = true, IsDegraded = true };
        Assert.Equal(new ServerSight("main, one copy, master", StateTone.Warning), ServerSight.Of(server));
    }

    [Fact]
    public void Of_EveryStateOfTheProtocol_IsKnown() =>
        Assert.Equal(
            [ServerState.Failed],
            Enum.GetValues<ServerState>().Where(state => ServerSight.Of(SeenCluster.Report(SeenCluster.Main, "a", state)).Text == "failed"));
}

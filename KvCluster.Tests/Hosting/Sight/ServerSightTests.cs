using KvCluster.Hosting.Sight;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Tests.Hosting.Sight;

public sealed class ServerSightTests
{
    [Theory]
    [InlineData(ServerState.Main, "main", nameof(StateTone.Good))]
    [InlineData(ServerState.Replica, "replica", nameof(StateTone.Good))]
    [InlineData(ServerState.Witness, "witness", nameof(StateTone.Good))]
    [InlineData(ServerState.Starting, "starting", nameof(StateTone.Busy))]
    [InlineData(ServerState.Reconciling, "reconciling", nameof(StateTone.Busy))]
    [InlineData(ServerState.Promoting, "promoting", nameof(StateTone.Busy))]
    [InlineData(ServerState.CatchingUp, "catching up", nameof(StateTone.Busy))]
    [InlineData(ServerState.Unreachable, "unreachable", nameof(StateTone.Warning))]
    [InlineData(ServerState.Failed, "failed", nameof(StateTone.Bad))]
    public void Of_EachState_HasItsWords(ServerState state, string text, string tone) =>
        Assert.Equal(new ServerSight(text, Enum.Parse<StateTone>(tone)), ServerSight.Of(SeenCluster.Report(SeenCluster.Main, "a", state)));

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

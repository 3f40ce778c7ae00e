using KvCluster.AppHost.Sight;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Tests.AppHost.Sight;

public sealed class ServerActionRulesTests
{
    private static readonly ServerStatus Main = SeenCluster.Report(SeenCluster.Main, "a", ServerState.Main);
    private static readonly ServerStatus Replica = SeenCluster.Report(SeenCluster.Replica, "b", ServerState.Replica);

    [Theory]
    [InlineData(ServerProcessState.Running, ServerAction.Kill, ServerAction.Pause, ServerAction.Why)]
    [InlineData(ServerProcessState.Paused, ServerAction.Kill, ServerAction.Resume, ServerAction.Why)]
    [InlineData(ServerProcessState.Ended, ServerAction.PutBack, ServerAction.Why)]
    [InlineData(ServerProcessState.Unknown, ServerAction.Why)]
    public void IsAllowed_Replica_DependsOnItsProcess(ServerProcessState process, params ServerAction[] allowed) =>
        Assert.Equal(allowed.Order(), Enum.GetValues<ServerAction>().Where(action => ServerActionRules.IsAllowed(action, process, Replica, hasSuccessor: true)));

    [Theory]
    [InlineData(ServerProcessState.Running, true, true)]
    [InlineData(ServerProcessState.Running, false, false)]
    [InlineData(ServerProcessState.Paused, true, false)]
    public void IsAllowed_HandOver_WantsARunningMainAndASuccessor(ServerProcessState process, bool hasSuccessor, bool isAllowed) =>
        Assert.Equal(isAllowed, ServerActionRules.IsAllowed(ServerAction.HandOver, process, Main, hasSuccessor));

    [Fact]
    public void IsAllowed_ServerNotYetKnown_CannotHandOver() =>
        Assert.False(ServerActionRules.IsAllowed(ServerAction.HandOver, ServerProcessState.Running, null, hasSuccessor: true));
}

using KvCluster.Hosting.Sight;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Tests.Hosting.Sight;

public sealed class ServerActionRulesTests
{
    private static readonly ServerStatus Main = SeenCluster.Report(SeenCluster.Main, "a", ServerState.Main);
    private static readonly ServerStatus Replica = SeenCluster.Report(SeenCluster.Replica, "b", ServerState.Replica);

    [Theory]
    [InlineData(nameof(ServerProcessState.Running), nameof(ServerAction.Kill), nameof(ServerAction.Pause), nameof(ServerAction.Why))]
    [InlineData(nameof(ServerProcessState.Paused), nameof(ServerAction.Kill), nameof(ServerAction.Resume), nameof(ServerAction.Why))]
    [InlineData(nameof(ServerProcessState.Ended), nameof(ServerAction.PutBack), nameof(ServerAction.Why))]
    [InlineData(nameof(ServerProcessState.Unknown), nameof(ServerAction.Why))]
    public void IsAllowed_Replica_DependsOnItsProcess(string process, params string[] allowed)
    {
        var actions = Enum.GetValues<ServerAction>().Where(action => ServerActionRules.IsAllowed(action, Enum.Parse<ServerProcessState>(process), Replica, hasSuccessor: true));
        Assert.Equal(allowed.Select(Enum.Parse<ServerAction>).Order(), actions);
    }

    [Theory]
    [InlineData(nameof(ServerProcessState.Running), true, true)]
    [InlineData(nameof(ServerProcessState.Running), false, false)]
    [InlineData(nameof(ServerProcessState.Paused), true, false)]
    public void IsAllowed_HandOver_WantsARunningMainAndASuccessor(string process, bool hasSuccessor, bool isAllowed) =>
        Assert.Equal(isAllowed, ServerActionRules.IsAllowed(ServerAction.HandOver, Enum.Parse<ServerProcessState>(process), Main, hasSuccessor));

    [Fact]
    public void IsAllowed_ServerNotYetKnown_CannotHandOver() =>
        Assert.False(ServerActionRules.IsAllowed(ServerAction.HandOver, ServerProcessState.Running, null, hasSuccessor: true));
}

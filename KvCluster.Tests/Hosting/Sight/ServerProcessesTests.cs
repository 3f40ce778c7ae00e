using System.Diagnostics;
using KvCluster.Hosting.Sight;
using KvCluster.Protocol.Contracts;

namespace KvCluster.Tests.Hosting.Sight;

public sealed class ServerProcessesTests
{
    [Fact]
    public async Task Process_PausedResumedKilled_IsSeenInEachState()
    {
        using var sleeper = Process.Start(new ProcessStartInfo("sleep", ["600"]))!;
        var processes = new ServerProcesses();
        processes.Note(Named(sleeper.Id));
        Assert.Equal(ServerProcessState.Running, processes.StateOf("a"));

        Assert.True(processes.TryPause("a"));
        Assert.Equal(ServerProcessState.Paused, processes.StateOf("a"));
        processes.Note(Named(sleeper.Id));
        Assert.Equal(ServerProcessState.Paused, processes.StateOf("a"));

        Assert.True(processes.TryResume("a"));
        Assert.Equal(ServerProcessState.Running, processes.StateOf("a"));

        Assert.True(processes.TryKill("a"));
        await sleeper.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ServerProcessState.Ended, processes.StateOf("a"));
        Assert.False(processes.TryResume("a"));
    }

    [Fact]
    public void StateOf_ServerThatNeverNamedAProcess_IsNotKnown()
    {
        var processes = new ServerProcesses();
        Assert.Equal(ServerProcessState.Unknown, processes.StateOf("a"));
        Assert.False(processes.TryKill("a"));
    }

    private static ClusterStatus Named(int processId)
    {
        var status = SeenCluster.Single(ServerState.Main);
        return status with { Servers = [status.Servers[0] with { ProcessId = processId }] };
    }
}

using KvCluster.Core.Replication;
using KvCluster.Node.Control;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Topology;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvCluster.Tests.Control;

public sealed class ConfigurationRequesterTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_NoMasterAndASlowRegister_IsMadeHereAndItsRepetitionsDoNotPileUp()
    {
        var topology = Registrations.Pair();
        var (main, replica) = (topology.Nodes[0].Main, topology.Nodes[0].ReplicaServer!.Id);
        Assert.Equal(main, topology.Master);
        var silent = new TaskCompletionSource();
        var register = new MemoryRegister(topology) { Gate = silent.Task };
        var holder = new TopologyHolder { Self = replica };
        holder.TryAdopt(topology);
        using var http = new ControlHttp();
        using var broadcaster = new Broadcaster(holder, http, new Sight(TimeProvider.System), new BackgroundWork());
        using var master = new Master(register, holder, broadcaster, NullLogger<Master>.Instance);
        var requester = new ConfigurationRequester(holder, master, http, NullLogger<ConfigurationRequester>.Instance);
        var change = Registrations.Change(topology, ConfigurationChangeKind.Takeover, replica, replica, [replica]);
        var changed = new TaskCompletionSource<ClusterTopology>(TaskCreationOptions.RunContinuationsAsynchronously);
        holder.Changed += next => changed.TrySetResult(next);

        for (var repetition = 0; repetition < 1_000; repetition++) requester.Request(change, ChangeReason.MainSilent);
        silent.SetResult();

        Assert.Equal(replica, (await changed.Task.WaitAsync(Cancellation)).Nodes[0].Main);
        Assert.InRange(register.Operations, 1, 4);
    }
}

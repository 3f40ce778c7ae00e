using KvCluster.Core.Master;
using KvCluster.Node.Control;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvCluster.Tests.Control;

/// <summary>Several servers decide at once over one register: each change is made once, whoever makes it and whatever answer is lost.</summary>
public sealed class MasterDecisionTests : IDisposable
{
    private readonly List<IDisposable> _parts = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FiftyServers_RegisterAtOnceAtFiveServers_EachHasItsPlace()
    {
        var register = new MemoryRegister(Registrations.Bootstrap(initialNodes: 25));
        var masters = Enumerable.Range(0, 5).Select(_ => NewServer(register).Master).ToArray();
        var requests = Enumerable.Range(2, 50).Select(number => Registrations.Of(number, $"n{number / 2}")).ToArray();

        var decisions = await Task.WhenAll(requests.Select((request, i) => Task.Run(
            () => masters[i % masters.Length].DecideAsync(request.RunId, topology => Registration.Register(topology, request), Cancellation), Cancellation)));

        Assert.All(decisions, decision => Assert.False(decision.IsRefused, decision.Detail));
        var end = (await register.ReadAsync(Cancellation))!;
        Assert.Equal(51, end.Servers.Count());
        Assert.Equal(51, end.Servers.Select(server => server.Id).Distinct().Count());
        TopologyShape.AssertSound(end);
    }

    [Fact]
    public async Task LostAnswer_TheSameRequestIsNotMadeTwice()
    {
        var register = new MemoryRegister(Registrations.Bootstrap()) { LosesNextAnswer = true };
        var request = Registrations.Of(2, "a", PreferredRole.Replica);

        var decision = await NewServer(register).Master.DecideAsync(request.RunId, topology => Registration.Register(topology, request), Cancellation);

        Assert.False(decision.IsRefused, decision.Detail);
        var end = (await register.ReadAsync(Cancellation))!;
        Assert.Equal(2, end.Servers.Count());
        Assert.Equal(decision.Next!.Version, end.Version);
    }

    [Fact]
    public async Task Requester_WithoutAMaster_MakesTheChangeItself_AndARepetitionWaitsForNothing()
    {
        var topology = Registrations.Pair();
        var register = new MemoryRegister(topology);
        var silent = new TaskCompletionSource();
        register.Gate = silent.Task;
        var node = topology.Nodes[0];
        var server = NewServer(register, topology, node.ReplicaServer!.Id);
        var change = Registrations.Change(topology, ConfigurationChangeKind.Takeover, node.ReplicaServer.Id, node.ReplicaServer.Id, [node.ReplicaServer.Id]);
        var changed = new TaskCompletionSource<ClusterTopology>(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Holder.Changed += next => changed.TrySetResult(next);

        for (var repetition = 0; repetition < 1_000; repetition++) server.Requester.Request(change);
        silent.SetResult();

        Assert.Equal(node.ReplicaServer.Id, (await changed.Task.WaitAsync(Cancellation)).Nodes[0].Main);
        Assert.InRange(register.Reads, 1, 4);
    }

    public void Dispose()
    {
        foreach (var part in _parts) part.Dispose();
    }

    private (Master Master, TopologyHolder Holder, ConfigurationRequester Requester) NewServer(ITopologyRegister register, ClusterTopology? known = null, ServerId self = default)
    {
        var holder = new TopologyHolder { Self = self };
        if (known is not null) holder.TryAdopt(known);
        var http = new ControlHttp();
        var broadcaster = new Broadcaster(holder, http, new Sight(TimeProvider.System));
        var master = new Master(register, holder, broadcaster, NullLogger<Master>.Instance);
        _parts.AddRange([master, broadcaster, http]);
        return (master, holder, new ConfigurationRequester(holder, master, http, NullLogger<ConfigurationRequester>.Instance));
    }
}

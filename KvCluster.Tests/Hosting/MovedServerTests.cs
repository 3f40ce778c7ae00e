using KvCluster.AppHost.Plan;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.Hosting;

/// <summary>A server is known by its store: it may come back at another address, and the others find it there.</summary>
[Collection(ProcessRoom.Name)]
public sealed class MovedServerTests : IAsyncDisposable
{
    private readonly SingleServer _main = new();
    private readonly SingleServer _replica = new();
    private readonly ControlClient _control = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        await _main.DisposeAsync();
        await _replica.DisposeAsync();
    }

    [Fact]
    public async Task Replica_AtAnotherAddress_IsTheSameServer()
    {
        var (_, run) = await StartPairAsync();
        var before = (await _control.TopologyAsync(_main))!.Nodes[0].ReplicaServer!;
        Assert.Equal(0, await run.StopAsync(Cancellation));
        Assert.Equal(1, await _control.PutAsync(_main, "key", "meanwhile"));

        _replica.Move();
        _replica.Start();

        await WaitForPairAsync(_main);
        var after = (await _control.TopologyAsync(_main))!.Nodes[0].ReplicaServer!;
        Assert.Equal((before.Id, before.StoreId, _replica.Url), (after.Id, after.StoreId, after.Http));
        Assert.Equal(2, await _control.PutAsync(_main, "key", "again"));
    }

    [Fact]
    public async Task Founder_AtAnotherAddress_IsFoundByTheOthers()
    {
        var (run, _) = await StartPairAsync();
        Assert.Equal(2, await _control.PutAsync(_main, "key", "before"));
        var before = (await _control.TopologyAsync(_main))!;
        await run.KillAsync();

        _main.Move();
        _main.Start();

        await WaitForPairAsync(_replica);
        var after = (await _control.TopologyAsync(_replica))!;
        Assert.Equal((before.ClusterId, _main.Url), (after.ClusterId, after.FindServer(before.Master)!.Http));
        var leads = after.Nodes[0].MainServer.Http == _main.Url ? _main : _replica;
        Assert.Equal("before", await _control.GetAsync(leads, "key"));
        Assert.Equal(2, await _control.PutAsync(leads, "key", "after"));
    }

    private async Task<(ServerRun Main, ServerRun Replica)> StartPairAsync()
    {
        _main.Environment[ServerEnvironment.Node] = "pair";
        _replica.Environment[ServerEnvironment.Node] = "pair";
        _replica.Environment[ServerEnvironment.Name] = "replica";
        _replica.Environment[ServerEnvironment.Bootstrap] = "false";
        _replica.Environment[ServerEnvironment.PreferredRole] = "Replica";
        _replica.Environment[ServerEnvironment.Seeds] = _main.Url.ToString();
        var main = _main.Start();
        await main.WaitUntilHealthyAsync(_main.Url);
        var replica = _replica.Start();
        await WaitForPairAsync(_replica);
        return (main, replica);
    }

    private Task WaitForPairAsync(SingleServer server) =>
        _control.WaitForAsync("main and replica are in sync", server, topology => topology.Nodes is [{ InSync.Length: 2 }] && topology.Servers.Any(known => known.Http == _main.Url) && topology.Servers.Any(known => known.Http == _replica.Url));
}

using KvCluster.Hosting.Plan;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.Hosting;

/// <summary>A server is known by its store: it may come back at another address, and the others find it there.</summary>
[Collection(ProcessRoom.Name)]
public sealed class MovedServerTests : IAsyncDisposable
{
    private readonly SingleServer _main = new();
    private readonly SingleServer _replica = new();
    private readonly SingleServer _third = new();
    private readonly ControlClient _control = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        await _main.DisposeAsync();
        await _replica.DisposeAsync();
        await _third.DisposeAsync();
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

    // All voters at once: the topology knows none of the new addresses, and cannot be changed before a majority of them is found.
    [Fact]
    public async Task AllVoters_AtOtherAddresses_FindEachOtherThroughTheirSeeds()
    {
        SingleServer[] servers = [_main, _replica, _third];
        NameForThreeNodes(servers);
        var runs = servers.Select(server => server.Start()).ToArray();
        await _control.WaitForAsync("three servers vote", _main, topology => topology.Voters.Length == 3);
        foreach (var server in servers) await _control.WaitForAsync("it knows", server, topology => topology.Voters.Length == 3);
        var before = (await _control.TopologyAsync(_main))!;
        foreach (var run in runs) Assert.Equal(0, await run.StopAsync(Cancellation));

        foreach (var server in servers) server.Move();
        NameForThreeNodes(servers);
        foreach (var server in servers) server.Start();

        foreach (var server in servers)
            await _control.WaitForAsync("every server is registered where it is now", server, topology => servers.All(moved => topology.Servers.Any(known => known.Http == moved.Url)));
        var after = (await _control.TopologyAsync(_main))!;
        Assert.Equal((before.ClusterId, before.Lineage), (after.ClusterId, after.Lineage));
        Assert.Equal(before.Servers.Select(server => server.Id), after.Servers.Select(server => server.Id));
    }

    private static void NameForThreeNodes(SingleServer[] servers)
    {
        foreach (var (server, number) in servers.Select((server, number) => (server, number)))
        {
            server.Environment[ServerEnvironment.Name] = server.Environment[ServerEnvironment.Node] = $"n{number}";
            server.Environment[ServerEnvironment.PreferredRole] = "Main";
            server.Environment[ServerEnvironment.Bootstrap] = number == 0 ? "true" : "false";
            server.Environment[ServerEnvironment.InitialNodes] = "3";
            server.Environment[ServerEnvironment.Seeds] = string.Join(',', servers.Where(other => other != server).Select(other => other.Url.ToString()));
        }
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

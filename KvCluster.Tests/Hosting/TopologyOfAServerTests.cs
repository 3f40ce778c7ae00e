using System.Net;
using System.Net.Http.Json;
using KvCluster.Core.Register;
using KvCluster.Protocol.Http;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Topology;
using KvCluster.Tests.Control;
using KvCluster.Tests.Processes;
using Microsoft.AspNetCore.Http;

namespace KvCluster.Tests.Hosting;

/// <summary>What a real server shows of the topology, and how it comes by what it missed or lost.</summary>
[Collection(ProcessRoom.Name)]
public sealed class TopologyOfAServerTests : IAsyncDisposable
{
    private readonly SingleServer _server = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task EveryResponse_ErrorsIncluded_CarriesTheVersion()
    {
        var topology = await StartAsync();
        foreach (var (method, path, status) in ((HttpMethod, string, int)[])
        [
            (HttpMethod.Get, "/cluster/topology", 200), (HttpMethod.Get, "/health", 200), (HttpMethod.Get, "/alive", 200), (HttpMethod.Put, "/kv/k", 201), (HttpMethod.Get, "/kv/k", 200),
            (HttpMethod.Get, "/kv/missing", 404), (HttpMethod.Get, "/nowhere", 404), (HttpMethod.Patch, "/cluster/topology", 405), (HttpMethod.Get, "/kv?limit=x", 400),
            (HttpMethod.Post, "/cluster/nodes", 400), (HttpMethod.Delete, "/cluster/nodes/77", 404), (HttpMethod.Put, "/cluster/settings/write-mode/none", 400),
        ])
        {
            using var request = new HttpRequestMessage(method, new Uri(_server.Url, path)) { Content = method == HttpMethod.Put || method == HttpMethod.Post ? new StringContent("v") : null };
            using var response = await _http.SendAsync(request, Cancellation);
            Assert.True(status == (int)response.StatusCode, $"{method} {path}: {(int)response.StatusCode}");
            Assert.Equal($"{topology.Version}", Assert.Single(response.Headers.GetValues(KvHeaders.TopologyVersion)));
            Assert.Equal($"{topology.ClusterId}", Assert.Single(response.Headers.GetValues(KvHeaders.ClusterId)));
            Assert.False(response.Headers.Contains(KvHeaders.TopologyLineage));
        }

        // A request that names another cluster is refused, and told where it is.
        using var strange = new HttpRequestMessage(HttpMethod.Get, new Uri(_server.Url, "/cluster/topology"));
        strange.Headers.Add(KvHeaders.ClusterId, $"{Guid.NewGuid()}");
        using var refused = await _http.SendAsync(strange, Cancellation);
        Assert.Equal((HttpStatusCode.Conflict, $"{topology.Version}"), (refused.StatusCode, refused.Headers.GetValues(KvHeaders.TopologyVersion).Single()));
    }

    [Fact]
    public async Task Update_WithAGap_FetchesTheWholeAlsoWhenTheFirstFetchFails()
    {
        var topology = await StartAsync();
        ClusterTopology? told = null;
        var fetches = 0;
        await using var teller = await HttpMember.StartAsync(context =>
        {
            if (Interlocked.Increment(ref fetches) > 1) return context.Response.WriteAsJsonAsync(told, KvJson.Default.ClusterTopology, cancellationToken: Cancellation);
            context.Abort();
            return Task.CompletedTask;
        });
        var missed = (topology with { NextMigrationId = topology.NextMigrationId + 1 }).Stamp(topology, Guid.NewGuid());
        var witness = topology.Servers.First() with { Id = new ServerId(50), StoreId = new StoreId(Guid.NewGuid()), Name = "teller", Http = teller.Url, VoterId = null };
        told = (missed with { Witnesses = [witness] }).Stamp(missed, Guid.NewGuid());
        var update = TopologyUpdate.Between(witness.Id, missed, told);

        await TestCluster.PollAsync("the server knows what it missed", async () =>
        {
            using var answer = await _http.PostAsJsonAsync(new Uri(_server.Url, "/cluster/topology/updates"), update, KvJson.Default.TopologyUpdate, Cancellation);
            return answer.StatusCode == HttpStatusCode.NoContent;
        });

        Assert.Equal(told.NextMigrationId, (await TopologyAsync()).NextMigrationId);
        Assert.True(fetches > 1);
    }

    [Fact]
    public async Task DamagedTopologyFile_IsSetAsideAndTheClusterFoundAgain()
    {
        var topology = await StartAsync();
        Assert.Equal(0, await _run!.StopAsync(Cancellation));
        var text = await File.ReadAllTextAsync(_server.File("topology.json"), Cancellation);
        await File.WriteAllTextAsync(_server.File("topology.json"), text[..(text.Length / 2)], Cancellation);

        var again = await StartAsync();

        Assert.Equal(topology.ClusterId, again.ClusterId);
        Assert.True(again.Version > topology.Version);
        Assert.Single(Directory.GetFiles(_server.DataDirectory, "topology.json.damaged-*"));
        Assert.Contains("topology.json is damaged", _run!.Printed, StringComparison.Ordinal);
        Assert.DoesNotContain("Created cluster", _run.Printed, StringComparison.Ordinal);
    }

    private ServerRun? _run;

    private async Task<ClusterTopology> StartAsync()
    {
        _run = _server.Start();
        await _run.WaitUntilHealthyAsync(_server.Url);
        return await TopologyAsync();
    }

    private async Task<ClusterTopology> TopologyAsync() =>
        (await _http.GetFromJsonAsync(new Uri(_server.Url, "/cluster/topology"), KvJson.Default.ClusterTopology, Cancellation))!;
}

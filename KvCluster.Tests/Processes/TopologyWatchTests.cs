using System.Globalization;
using System.Net.Http.Json;
using KvCluster.Protocol.Json;

namespace KvCluster.Tests.Processes;

/// <summary>The cluster tells its clients of each change; they need not run into it.</summary>
[Collection(ProcessRoom.Name)]
public sealed class TopologyWatchTests(SharedCluster shared)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_ThatAsksForNothing_KnowsTheNewMain()
    {
        var cluster = await shared.TakeAsync();
        using var client = cluster.Connect();
        await client.Topology.RefreshAsync(Cancellation);
        var (main, replica) = await cluster.RolesAsync(SharedCluster.Node);

        await cluster.Run(main).KillAsync();
        await TestCluster.PollAsync(
            $"the client knows that {replica} is main",
            () => Task.FromResult(client.Topology.Current!.Nodes.Single(node => node.Name == SharedCluster.Node).MainServer.Name == replica));
    }

    [Fact]
    public async Task Watch_SendsTheTopologyAndThenEachNewerOne()
    {
        var cluster = await shared.TakeAsync();
        await cluster.WaitUntilWholeAsync();
        var url = await cluster.MasterUrlAsync();
        var node = TestCluster.NodeOf(await cluster.WaitUntilWholeAsync(), SharedCluster.Node);
        using var response = await cluster.Http.GetAsync(new Uri(url, "/cluster/topology/watch"), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        var first = await NextVersionAsync(lines);

        using var answer = await cluster.Http.PostAsync(new Uri(node.MainServer.Http, $"/cluster/nodes/{node.Id.Value}/handover"), null, Cancellation);
        Assert.True(answer.IsSuccessStatusCode);

        Assert.True(await NextVersionAsync(lines) > first);
    }

    [Fact]
    public async Task Watch_OfWhoKnowsTheNewest_WaitsForTheNext()
    {
        var cluster = await shared.TakeAsync();
        var url = await cluster.MasterUrlAsync();
        var known = await cluster.Http.GetFromJsonAsync(new Uri(url, "/cluster/topology"), KvJson.Default.ClusterTopology, Cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, "/cluster/topology/watch"));
        request.Headers.Add("Last-Event-ID", known!.Version.ToString(CultureInfo.InvariantCulture));
        using var response = await cluster.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        Assert.StartsWith(":", await lines.ReadLineAsync(Cancellation), StringComparison.Ordinal);
    }

    private static async Task<long> NextVersionAsync(StreamReader lines)
    {
        while (await lines.ReadLineAsync(Cancellation) is { } line)
            if (line.StartsWith("id: ", StringComparison.Ordinal)) return long.Parse(line.AsSpan(4), CultureInfo.InvariantCulture);
        throw new EndOfStreamException("The server ended the watch.");
    }
}

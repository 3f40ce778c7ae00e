using System.Diagnostics;
using System.Net.Http.Json;
using KvCluster.Hosting.Plan;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Topology;
using KvCluster.Tests.Control;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.Hosting;

/// <summary>Fifty servers that come at the same moment, each of which has lost an answer and asks again.</summary>
[Collection(ProcessRoom.Name)]
public sealed class RegistrationRaceTests
{
    private const int Servers = 50;
    private const int TimesEach = 3;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FiftyAtOnce_EachIsRegisteredOnce()
    {
        await using var founder = new SingleServer();
        var run = founder.Start();
        await run.WaitUntilHealthyAsync(founder.Url);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var requests = Enumerable.Range(2, Servers).Select(Witness).ToArray();
        var clock = Stopwatch.StartNew();

        var answers = await Task.WhenAll(Enumerable.Range(0, TimesEach).SelectMany(_ => requests).Select(request => RegisterAsync(http, founder.Url, request)));

        TestContext.Current.TestOutputHelper?.WriteLine($"{Servers} servers, each {TimesEach} times: {clock.ElapsedMilliseconds} ms.");
        Assert.Equal(Servers, answers.Select(answer => (answer.Server, answer.Incarnation)).Distinct().Count());
        Assert.Equal(Servers, answers.Select(answer => answer.Server).Distinct().Count());
        var topology = await http.GetFromJsonAsync(new Uri(founder.Url, "/cluster/topology"), KvJson.Default.ClusterTopology, Cancellation);
        Assert.Equal(Servers + 1, topology!.Servers.Count());
        Assert.All(requests, request => Assert.NotNull(topology.FindServer(request.StoreId)));
    }

    // Witnesses, so that the founder's own data stays out of it; at a port of this machine that nobody listens on.
    private static RegistrationRequest Witness(int number) => Registrations.Of(number) with
    {
        Kind = ServerKind.Witness,
        Http = new Uri($"http://{ClusterPlan.Host}:1"),
        Peer = $"{ClusterPlan.Host}:1",
    };

    private static async Task<RegistrationAnswer> RegisterAsync(HttpClient http, Uri master, RegistrationRequest request)
    {
        using var answer = await http.PostAsJsonAsync(new Uri(master, "/cluster/nodes"), request, KvJson.Default.RegistrationRequest, Cancellation);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancellation));
        return (await answer.Content.ReadFromJsonAsync(KvJson.Default.RegistrationAnswer, Cancellation))!;
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text;
using KvCluster.Hosting.Plan;
using KvCluster.Node.Host;
using KvCluster.Node.Peer;
using KvCluster.Protocol.Http;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;
using KvCluster.Tests.Control;
using KvCluster.Tests.Peer;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.Hosting;

/// <summary>What a running cluster answers to those who do not belong to it, and to nonsense. None of it changes anything.</summary>
[Collection(ProcessRoom.Name)]
public sealed class StrangerTests(SharedCluster shared)
{
    private const string Master = "kv-master";
    private const string Replica = "kv-master-replica";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/cluster/master")]
    [InlineData("GET", "/cluster/topology")]
    [InlineData("GET", "/cluster/status")]
    [InlineData("POST", "/cluster/nodes")]
    [InlineData("POST", "/cluster/nodes/1/configuration")]
    [InlineData("POST", "/cluster/nodes/1/handover")]
    [InlineData("DELETE", "/cluster/nodes/2")]
    [InlineData("POST", "/cluster/topology/updates")]
    [InlineData("PUT", "/cluster/settings/write-mode/Relaxed")]
    public async Task Request_ForAnotherCluster_IsRefused(string method, string path)
    {
        var cluster = await shared.TakeAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(await cluster.MasterUrlAsync(), path));
        request.Headers.Add(KvHeaders.ClusterId, Guid.NewGuid().ToString());
        if (method == "POST") request.Content = Json("{}");
        await AssertRefusedAsync(cluster, request, HttpStatusCode.Conflict, ProblemCode.ClusterMismatch);
    }

    [Theory]
    [InlineData("/cluster/nodes", "")]
    [InlineData("/cluster/nodes", "{")]
    [InlineData("/cluster/nodes", "null")]
    [InlineData("/cluster/nodes", "[]")]
    [InlineData("/cluster/nodes", "{}")]
    [InlineData("/cluster/nodes", """{"storeId":"no guid","name":"x","http":"http://x","peer":"x:1","runId":"x"}""")]
    [InlineData("/cluster/nodes/1/configuration", "{}")]
    [InlineData("/cluster/nodes/1/configuration", "7")]
    [InlineData("/cluster/topology/updates", "{}")]
    [InlineData("/cluster/topology/updates", """{"fromVersion":"one"}""")]
    public async Task Body_ThatIsNotWhatTheRequestTakes_IsRefused(string path, string body)
    {
        var cluster = await shared.TakeAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(await cluster.MasterUrlAsync(), path)) { Content = Json(body) };
        await AssertRefusedAsync(cluster, request, HttpStatusCode.BadRequest, ProblemCode.BodyInvalid);
    }

    [Theory]
    [InlineData("DELETE", "/cluster/nodes/99")]
    [InlineData("POST", "/cluster/nodes/99/handover")]
    public async Task Node_ThatNobodyKnows_IsNamed(string method, string path)
    {
        var cluster = await shared.TakeAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(await cluster.MasterUrlAsync(), path));
        await AssertRefusedAsync(cluster, request, HttpStatusCode.NotFound, ProblemCode.NodeUnknown);
    }

    [Fact]
    public async Task WriteMode_ThatDoesNotExist_IsRefused()
    {
        var cluster = await shared.TakeAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(await cluster.MasterUrlAsync(), "/cluster/settings/write-mode/Lax"));
        await AssertRefusedAsync(cluster, request, HttpStatusCode.BadRequest, ProblemCode.QueryInvalid);
    }

    [Fact]
    public async Task Registration_ThatTheClusterCannotTake_IsRefused()
    {
        var cluster = await shared.TakeAsync();
        var sound = Registrations.Of(900, "a-new-node");
        await AssertRegistrationAsync(sound with { Name = Master }, HttpStatusCode.Conflict, ProblemCode.IdentityTaken);
        await AssertRegistrationAsync(sound with { ClusterId = new ClusterId(Guid.NewGuid()) }, HttpStatusCode.Conflict, ProblemCode.ClusterMismatch);
        await AssertRegistrationAsync(sound with { Node = "kv-master" }, HttpStatusCode.BadRequest, ProblemCode.RegistrationInvalid);
        await AssertRegistrationAsync(sound with { Peer = "host:port" }, HttpStatusCode.BadRequest, ProblemCode.RegistrationInvalid);
        await AssertRegistrationAsync(sound with { Name = "" }, HttpStatusCode.BadRequest, ProblemCode.RegistrationInvalid);

        async Task AssertRegistrationAsync(Protocol.Contracts.RegistrationRequest registration, HttpStatusCode status, string code)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(await cluster.MasterUrlAsync(), "/cluster/nodes"))
            {
                Content = JsonContent.Create(registration, KvJson.Default.RegistrationRequest),
            };
            await AssertRefusedAsync(cluster, request, status, code);
        }
    }

    [Fact]
    public async Task Server_OfAnotherCluster_EndsWithItsCode()
    {
        var cluster = await shared.TakeAsync();
        await using var stranger = new SingleServer();
        await stranger.CreateClusterAsync();
        File.Delete(stranger.File("voter.json"));
        stranger.Environment["KvNode__Bootstrap"] = "false";
        stranger.Environment["KvNode__Seeds"] = cluster.Plan(Master).Url.ToString();

        var run = stranger.Start();

        Assert.Equal(ExitCodes.Refused, await run.WaitForExitAsync(Cancellation));
        Assert.Contains("this data folder to", run.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_WithATakenName_EndsWithItsCode()
    {
        var cluster = await shared.TakeAsync();
        var before = (await cluster.WaitUntilWholeAsync()).Topology.Version;
        await using var stranger = new SingleServer();
        stranger.Environment[ServerEnvironment.Name] = Replica;
        stranger.Environment[ServerEnvironment.Bootstrap] = "false";
        stranger.Environment[ServerEnvironment.Seeds] = cluster.Plan(Master).Url.ToString();

        var run = stranger.Start();

        Assert.Equal(ExitCodes.Refused, await run.WaitForExitAsync(Cancellation));
        Assert.Contains($"Another server is registered under the name {Replica}. It is at {cluster.Plan(Replica).Url}", run.Printed, StringComparison.Ordinal);
        Assert.Equal(before, (await cluster.WaitUntilWholeAsync()).Topology.Version);
    }

    [Fact]
    public async Task PeerPort_Nonsense_IsHungUpOnAndTheServersGoOn()
    {
        var cluster = await shared.TakeAsync();
        var before = await cluster.WaitUntilWholeAsync();
        var id = before.Topology.ClusterId;
        var self = TestCluster.ServerOf(before, Replica).Server.Value;
        var port = cluster.Plan(Replica).Ports.Peer;
        byte[][] nonsense =
        [
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(),
            PeerPort.Announced(-1),
            PeerPort.Announced(int.MaxValue),
            PeerPort.Announced(FrameSocket.BodyBytesMax),
            PeerPort.Frame([1, 2, 3]),
            PeerPort.Frame(PeerPort.Hello(new ClusterId(Guid.NewGuid()), 1, self)),
            PeerPort.Frame(PeerPort.Hello(id, 1, self + 1)),
        ];
        foreach (var said in nonsense) Assert.True(await PeerPort.IsClosedAfterAsync(port, said, Cancellation));

        // One who knows the cluster's name and then talks nonsense loses the connection too, and the two servers find each other again.
        var greeting = PeerPort.Frame(PeerPort.Hello(id, 99, self));
        Assert.True(await PeerPort.IsClosedAfterGreetingAsync(port, [.. greeting, .. PeerPort.Frame([250, 1, 2])], Cancellation));
        Assert.True(await PeerPort.IsClosedAfterGreetingAsync(port, [.. greeting, .. PeerPort.Announced(FrameSocket.BodyBytesMax + 1)], Cancellation));

        await cluster.WaitUntilWholeAsync();
        Assert.True(cluster.Run(Replica).IsRunning);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task AssertRefusedAsync(TestCluster cluster, HttpRequestMessage request, HttpStatusCode status, string code)
    {
        var before = (await cluster.WaitUntilWholeAsync()).Topology.Version;
        using var answer = await cluster.Http.SendAsync(request, Cancellation);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync(KvJson.Default.KvProblem, Cancellation);
        Assert.Equal((code, (int)status), (problem!.Code, problem.Status));
        Assert.False(string.IsNullOrEmpty(problem.Detail));
        Assert.Equal(before, (await cluster.WaitUntilWholeAsync()).Topology.Version);
    }
}

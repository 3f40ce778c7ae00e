using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;
using KvCluster.Tests.Client.Fake;
using Microsoft.AspNetCore.Http;

namespace KvCluster.Tests.Cli;

public sealed class KvToolTests : IAsyncLifetime
{
    private FakeCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await FakeCluster.StartAsync(2);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Get_AfterPut_PrintsTheBytesAndNothingElse()
    {
        var put = await RunAsync("put", "k", "värde");
        Assert.Equal(0, put.Code);
        Assert.Contains("created", put.Output, StringComparison.Ordinal);
        Assert.Contains("2 durable copies", put.Output, StringComparison.Ordinal);
        var get = await RunAsync("get", "k");
        Assert.Equal(0, get.Code);
        Assert.Equal("värde", get.Output);
        Assert.Empty(get.Error);
    }

    [Fact]
    public async Task Put_FromStandardInput_StoresEveryByte()
    {
        byte[] bytes = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];
        Assert.Equal(0, (await ToolRun.OfAsync(Endpoints, bytes, "put", "k", "-")).Code);
        Assert.Equal(bytes, (await RunAsync("get", "k")).Bytes);
        var json = JsonNode.Parse((await RunAsync("get", "k", "--output", "json")).Output)!;
        Assert.Equal("application/octet-stream", (string?)json["contentType"]);
        Assert.Equal(bytes, Convert.FromBase64String((string)json["base64"]!));
    }

    [Fact]
    public async Task Get_Json_TellsAllThatIsKnown()
    {
        await RunAsync("put", "k", """{"a": 1.0}""", "--ttl", "1h");
        var run = await RunAsync("get", "k", "-o", "json");
        Assert.StartsWith("""{"key":"k","value":{"a": 1.0},"expiresAt":""", run.Output, StringComparison.Ordinal);
        var json = JsonNode.Parse(run.Output)!;
        Assert.Equal("application/json", (string?)json["contentType"]);
        Assert.Equal("main", (string?)json["source"]);
        Assert.Contains("application/json", (await RunAsync("get", "k", "-o", "table")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_Refusals_EndWithOne()
    {
        Assert.Equal(1, (await RunAsync("get", "absent")).Code);
        await RunAsync("put", "k", "text");
        var refused = await RunAsync("put", "k", "2", "--if-absent", "-o", "json");
        Assert.Equal(1, refused.Code);
        Assert.Equal("precondition-failed", (string?)JsonNode.Parse(refused.Output)!["status"]);
        var number = await RunAsync("incr", "k");
        Assert.Equal(1, number.Code);
        Assert.Contains("value-not-number; nothing was applied, trace trace", number.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync("patch", "absent", "[]", "--json-patch")).Code);
    }

    [Fact]
    public async Task Commands_ThatSucceed_EndWithZero()
    {
        Assert.Equal("5\n", (await RunAsync("incr", "n", "--by", "5")).Output);
        Assert.Equal("3\n", (await RunAsync("incr", "n", "--by=-2")).Output);
        Assert.Equal(0, (await RunAsync("patch", "doc", """{"a":1}""")).Code);
        Assert.Equal("""{"a":1}""", (await RunAsync("get", "doc")).Output);
        var revision = (string)JsonNode.Parse((await RunAsync("get", "doc", "-o", "json")).Output)!["revision"]!;
        Assert.Equal(0, (await RunAsync("delete", "doc", "--if-revision", revision)).Code);
        Assert.Equal(0, (await RunAsync("delete", "doc")).Code);
        Assert.Equal(0, (await RunAsync("put", "/wA=", "bytes", "--key-base64")).Code);
        Assert.Equal("bytes", (await RunAsync("get", "/wA=", "--key-base64")).Output);
    }

    [Fact]
    public async Task List_TwoNodes_IsInOrder()
    {
        for (var i = 0; i < 30; i++) await RunAsync("put", $"l/{i:00}", $"{i}");
        var lines = (await RunAsync("list", "l/", "--limit", "20")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"l/{i:00}"), lines.Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1]));
        var json = (await RunAsync("list", "l/0", "--values", "-o", "json")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(10, json.Length);
        Assert.Equal("7", (string?)JsonNode.Parse(json[7])!["text"]);
    }

    [Fact]
    public async Task Batch_MixedOperations_ShowsEachResult()
    {
        var input = """
            {"op":"put","key":"a","value":"1","contentType":"text/plain"}
            {"op":"increment","key":"n","by":4}

            {"op":"get","key":"a"}
            {"op":"get","key":"absent"}
            """;
        var run = await ToolRun.OfAsync(Endpoints, Encoding.UTF8.GetBytes(input), "batch", "-o", "json");
        Assert.Equal(1, run.Code);
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(["created", "updated", "found", "key-not-found"], lines.Select(line => (string)line["status"]!));
        Assert.Equal(4, (int)lines[1]["number"]!);
        Assert.Equal("1", (string?)lines[2]["text"]);
        var wrong = await ToolRun.OfAsync(Endpoints, "{\"op\":\"get\",\"key\":\"a\"}\n{\"op\":\"frob\",\"key\":\"a\"}"u8.ToArray(), "batch");
        Assert.Equal(2, wrong.Code);
        Assert.Contains("Line 2", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Topology_ShowsMainsAndReplicas()
    {
        var run = await RunAsync("topology");
        Assert.Equal(0, run.Code);
        Assert.Contains("fake-1", run.Output, StringComparison.Ordinal);
        Assert.Contains("main, master", run.Output, StringComparison.Ordinal);
        Assert.Contains("8192 of 16384: 8192-16383", run.Output, StringComparison.Ordinal);
        Assert.Equal(10, (int)JsonNode.Parse((await RunAsync("topology", "-o", "json")).Output)!["version"]!);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("get")]
    [InlineData("get", "")]
    [InlineData("get", "k", "--output", "xml")]
    [InlineData("get", "k", "--consistency", "soon")]
    [InlineData("put", "k", "v", "--ttl", "soon")]
    [InlineData("put", "k", "v", "--if-absent", "--if-present")]
    [InlineData("put", "k", "v", "--if-revision", "latest")]
    [InlineData("get", "k", "--endpoints", "nonsense")]
    [InlineData("get", "k", "--timeout", "0")]
    [InlineData("import", "/no/such/file")]
    public async Task Commands_Mistakes_EndWithTwoAndASentence(params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.Equal(2, run.Code);
        Assert.StartsWith("kv: ", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Commands_WithoutEndpoints_SayHowToNameThem()
    {
        var run = await ToolRun.OfAsync(null, [], "get", "k");
        Assert.Equal(2, run.Code);
        Assert.Contains("KV_ENDPOINTS", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_NoServerAnswers_EndWithThree()
    {
        for (var server = 1; server <= 4; server++) await _cluster.Server(server).KillAsync();
        foreach (var command in new[] { "get k", "put k v", "list", "topology", "status", "incr k" })
        {
            var run = await RunAsync([.. command.Split(' '), "--timeout", "1"]);
            Assert.Equal(3, run.Code);
            Assert.Contains("nothing was applied", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Put_NeverAnswered_EndsWithFour()
    {
        for (var server = 1; server <= 4; server++)
        {
            _cluster.Server(server).After = context =>
            {
                if (context.Request.Method != "PUT") return Task.FromResult(false);
                context.Abort();
                return Task.FromResult(true);
            };
        }

        var run = await RunAsync("put", "k", "v", "--timeout", "1");
        Assert.Equal(4, run.Code);
        Assert.Contains("outcome unknown", run.Error, StringComparison.Ordinal);
    }

    // The first server in the list may be the one that was wiped: it knows of no cluster, and the next one does.
    [Fact]
    public async Task ClusterRestore_ServerThatKnowsNoCluster_IsPassedOver()
    {
        var plan = new RestorePlan { Version = 12, From = "fake-2", SilentVoters = ["fake-3"], SilentServers = ["fake-3", "fake-4"] };
        _cluster.Server(1).Before = context => AnswerAsync(context, 503, FakeJson.Problem(503, ProblemCode.NotReady, true, "definite"), KvJson.Default.KvProblem, "application/problem+json");
        _cluster.Server(2).Before = context => AnswerAsync(context, 200, plan, KvJson.Default.RestorePlan, "application/json");

        var run = await ToolRun.OfAsync($"{_cluster.Server(1).Address.Authority},{_cluster.Server(2).Address.Authority}", [], "cluster", "restore");

        Assert.Equal(2, run.Code);
        Assert.Contains("version 12, held by fake-2.", run.Error, StringComparison.Ordinal);
        Assert.Contains("These voters do not answer: fake-3.", run.Error, StringComparison.Ordinal);
        Assert.Contains("Nor do these servers: fake-4.", run.Error, StringComparison.Ordinal);
        Assert.Contains("repeat the command with --yes", run.Error, StringComparison.Ordinal);
    }

    private static async Task<bool> AnswerAsync<T>(HttpContext context, int status, T body, JsonTypeInfo<T> type, string contentType)
    {
        if (!context.Request.Path.StartsWithSegments("/cluster/restore", StringComparison.Ordinal)) return false;
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(body, type, contentType);
        return true;
    }

    [Fact]
    public async Task Help_NamesEveryCommand()
    {
        var run = await RunAsync("--help");
        Assert.Equal(0, run.Code);
        foreach (var command in new[] { "get", "put", "patch", "delete", "incr", "list", "batch", "import", "export", "status", "topology", "node", "master", "cluster" })
            Assert.Contains($"\n  {command} ", run.Output, StringComparison.Ordinal);
    }

    private string Endpoints => _cluster.Server(1).Address.ToString();

    private Task<ToolRun> RunAsync(params string[] arguments) => ToolRun.OfAsync(Endpoints, [], arguments);
}

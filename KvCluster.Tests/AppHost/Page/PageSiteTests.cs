using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using KvCluster.AppHost.Page;
using KvCluster.Hosting.Plan;
using KvCluster.Hosting.Sight;
using KvCluster.Protocol.Contracts;
using KvCluster.Tests.Hosting.Sight;

namespace KvCluster.Tests.AppHost.Page;

/// <summary>The page as a browser gets it, and as another site would try to.</summary>
public sealed partial class PageSiteTests : IAsyncLifetime
{
    private static readonly ClusterPlan Plan = ClusterPlanBuilder.Build(new ClusterPlanOptions { Slaves = 0 }, "/data", new SequentialPorts(20_000));
    private readonly PageFeed _feed = new(TimeProvider.System);
    private readonly List<string> _started = [];
    private readonly HttpClient _http = new();
    private PageCommands? _commands;
    private PageSite? _site;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _commands = new PageCommands(Plan, _feed, new ServerProcesses(), server =>
        {
            _started.Add(server);
            return true;
        });
        _site = await PageSite.StartAsync(0, _feed, _commands, Cancellation);
        _http.BaseAddress = _site.Url;
    }

    public async ValueTask DisposeAsync()
    {
        await _site!.DisposeAsync();
        _commands!.Dispose();
        _http.Dispose();
    }

    [Fact]
    public async Task EveryFileThatThePageNames_IsThere()
    {
        var page = await _http.GetStringAsync("/", Cancellation);
        var named = LocalFile().Matches(page).Select(match => match.Groups[1].Value).Distinct().ToArray();

        Assert.Contains("main.js", named);
        foreach (var file in named.Concat(["dom.js", "picture.js", "commands.js", "charts.js", "timeline.js", "logs.js"]))
            Assert.NotEmpty(await _http.GetStringAsync($"/{file}", Cancellation));
    }

    [Fact]
    public async Task Command_WithThePagesToken_IsDone()
    {
        var answer = await PostAsync("kv-master", "PutBack", await TokenAsync());

        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal(["kv-master"], _started);
    }

    [Fact]
    public async Task Status_OfTheCluster_IsToldInOneLineForEachServer()
    {
        Assert.Equal((HttpStatusCode.Conflict, "no server answers"), await StatusAsync());
        _commands!.Note(SeenCluster.Pair(ServerState.Main, ServerState.Replica, replicaInSync: true));
        Assert.Equal((HttpStatusCode.OK, "all slots are served, every node is fully protected\na: main\nb: replica"), await StatusAsync());

        async Task<(HttpStatusCode, string)> StatusAsync()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/cluster/status");
            request.Headers.Add(PageGuard.TokenHeader, await TokenAsync());
            using var answer = await _http.SendAsync(request, Cancellation);
            return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync(PageJson.Default.PageAnswer, Cancellation))!.Text);
        }
    }

    [Theory]
    [InlineData("nobody", "Kill", "There is no server nobody.")]
    [InlineData("kv-master", "Explode", "There is no action Explode.")]
    [InlineData("kv-master", "Kill", "kv-master has no process.")]
    public async Task Command_ThatCannotBe_SaysWhy(string server, string action, string reason)
    {
        var answer = await PostAsync(server, action, await TokenAsync());

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal(reason, (await answer.Content.ReadFromJsonAsync(PageJson.Default.PageAnswer, Cancellation))!.Text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("guessed")]
    public async Task Command_WithoutThePagesToken_IsRefused(string? token)
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync("kv-master", "PutBack", token)).StatusCode);
        Assert.Empty(_started);
    }

    [Fact]
    public async Task Command_OfAnotherSite_IsRefusedWhateverItKnows()
    {
        using var request = Request("kv-master", "PutBack", await TokenAsync());
        request.Headers.Add("Origin", "https://example.org");

        Assert.Equal(HttpStatusCode.Forbidden, (await _http.SendAsync(request, Cancellation)).StatusCode);
        Assert.Empty(_started);
    }

    [Fact]
    public async Task Page_UnderAnotherName_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Host = "rebound.example.org";

        Assert.Equal(HttpStatusCode.Forbidden, (await _http.SendAsync(request, Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Stream_GivesANewcomerWhatWasAndThenWhatComes()
    {
        _feed.Add(PageEventKind.Cluster, "before");
        using var response = await _http.GetAsync("/api/stream", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));

        await ReadToAsync(reader, "before");
        _feed.AddLine("kv-master", "a line");
        await ReadToAsync(reader, "a line");

        Assert.True(_feed.IsWatched);
        Assert.Equal("a line", Assert.Single(_feed.LinesOf("kv-master")).Text);
    }

    private static async Task ReadToAsync(StreamReader reader, string text)
    {
        while (await reader.ReadLineAsync(Cancellation) is { } line)
            if (line.Contains(text, StringComparison.Ordinal)) return;
        Assert.Fail($"The stream ended without '{text}'.");
    }

    private async Task<HttpResponseMessage> PostAsync(string server, string action, string? token)
    {
        using var request = Request(server, action, token);
        return await _http.SendAsync(request, Cancellation);
    }

    private static HttpRequestMessage Request(string server, string action, string? token)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/api/servers/{server}/{action}");
        if (token is not null) request.Headers.Add(PageGuard.TokenHeader, token);
        return request;
    }

    private async Task<string> TokenAsync() => Token().Match(await _http.GetStringAsync("/", Cancellation)).Groups[1].Value;

    [GeneratedRegex("kvcluster-token\" content=\"([0-9a-f]+)\"")]
    private static partial Regex Token();

    [GeneratedRegex("(?:src|href)=\"([a-z.-]+)\"")]
    private static partial Regex LocalFile();
}

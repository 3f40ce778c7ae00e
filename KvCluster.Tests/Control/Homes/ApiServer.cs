using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using k8s;
using KvCluster.Node.Control;
using KvCluster.Node.Control.Kubernetes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace KvCluster.Tests.Control.Homes;

/// <summary>As much of a Kubernetes API server as one ConfigMap needs: <c>resourceVersion</c>, conflicts, throttling, watches, lost answers.</summary>
internal sealed class ApiServer : RegisterHomeUnderTest
{
    private const string Maps = "/api/v1/namespaces/test/configmaps";
    private readonly Lock _lock = new();
    private readonly ConcurrentQueue<ApiTrouble> _reads = new();
    private readonly ConcurrentQueue<ApiTrouble> _writes = new();
    private readonly ApiWatchers _watchers = new();
    private readonly ConfigMapClient[] _clients = new ConfigMapClient[Servers];
    private WebApplication? _app;
    private Uri? _url;
    private JsonNode? _map;
    private long _resourceVersion;

    /// <summary>Requests that were refused with 429.</summary>
    public int Throttled { get; private set; }

    /// <summary>Replacements that were carried out.</summary>
    public int Writes { get; private set; }

    public Uri Url => _url!;

    public ApiWatchers Watchers => _watchers;

    /// <summary>What the ConfigMap holds now.</summary>
    public string? Text
    {
        get
        {
            lock (_lock) return _map?["data"]?["topology.json"]?.GetValue<string>();
        }
    }

    public static async Task<ApiServer> OpenAsync()
    {
        var server = new ApiServer();
        await server.StartAsync();
        for (var place = 0; place < Servers; place++)
            server._clients[place] = new ConfigMapClient(new Kubernetes(new KubernetesClientConfiguration { Host = server.Url.GetLeftPart(UriPartial.Authority) }), "test", "topology");
        return server;
    }

    public override ITopologyRegister Of(int server) => new KubernetesRegister(_clients[server]);
    public ConfigMapClient ClientOf(int server) => _clients[server];

    /// <summary>Orders trouble for the next replacement that nothing has gone wrong with yet.</summary>
    public void Spoil(ApiTrouble trouble) => _writes.Enqueue(trouble);

    /// <summary>The same for the next reading.</summary>
    public void SpoilReading(ApiTrouble trouble) => _reads.Enqueue(trouble);

    /// <summary>Somebody edits the ConfigMap by hand.</summary>
    public void Overwrite(string text)
    {
        lock (_lock)
        {
            _map!["data"]!["topology.json"] = text;
            Touch();
        }
    }

    public override async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, _url?.Port ?? 0));
        _app = builder.Build();
        _app.MapGet(Maps + "/topology", Task (HttpContext context, CancellationToken _) => ReadAsync(context));
        _app.MapGet(Maps, Task (HttpContext context, CancellationToken _) => _watchers.ServeAsync(context));
        _app.MapPost(Maps, Task (HttpContext context, CancellationToken _) => WriteAsync(context, body => _map is not null ? Status(409, "AlreadyExists") : Store(201, body)));
        _app.MapPut(Maps + "/topology", Task (HttpContext context, CancellationToken _) => WriteAsync(context, body =>
            _map is null ? Status(404, "NotFound")
            : VersionOf(body) != VersionOf(_map) ? Status(409, "Conflict")
            : Store(200, body)));
        await _app.StartAsync(TestContext.Current.CancellationToken);
        _url = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public override async Task StopAsync()
    {
        if (_app is null) return;
        _watchers.Cut();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _app = null;
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client?.Dispose();
        await StopAsync();
    }

    private async Task ReadAsync(HttpContext context)
    {
        _reads.TryDequeue(out var trouble);
        (int, JsonNode) answer;
        lock (_lock) answer = _map is null ? Status(404, "NotFound") : (200, _map.DeepClone());
        await AnswerAsync(context, Refusal(trouble) ?? answer, trouble);
    }

    private async Task WriteAsync(HttpContext context, Func<JsonNode, (int, JsonNode)> write)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
        _writes.TryDequeue(out var trouble);
        if (Refusal(trouble) is { } refusal)
        {
            await AnswerAsync(context, refusal, trouble);
            return;
        }

        (int, JsonNode) answer;
        lock (_lock)
        {
            if (trouble == ApiTrouble.Touched) Touch();
            if (trouble == ApiTrouble.Overtaken) Overtake();
            answer = write(body);
        }

        await AnswerAsync(context, answer, trouble);
    }

    private void Overtake()
    {
        var (_, current) = RegisterDocument.Read(Encoding.UTF8.GetBytes(_map!["data"]!["topology.json"]!.GetValue<string>()));
        Overwrite(Encoding.UTF8.GetString(RegisterDocument.Write(Next(current!))));
    }

    private (int, JsonNode)? Refusal(ApiTrouble trouble)
    {
        if (trouble == ApiTrouble.Throttled) Throttled++;
        return trouble switch
        {
            ApiTrouble.Throttled => Status(429, "TooManyRequests"),
            ApiTrouble.Forbidden => Status(403, "Forbidden"),
            ApiTrouble.Failed => Status(500, "InternalError"),
            ApiTrouble.Gone => Status(410, "Expired"),
            _ => null,
        };
    }

    private static async Task AnswerAsync(HttpContext context, (int Status, JsonNode Body) answer, ApiTrouble trouble)
    {
        var body = Encoding.UTF8.GetBytes(answer.Body.ToJsonString());
        if (trouble == ApiTrouble.Hangs) await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (trouble is ApiTrouble.AnswerLost or ApiTrouble.Hangs)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/json";
        if (answer.Status == 429) context.Response.Headers.RetryAfter = "0";
        var sent = trouble == ApiTrouble.AnswerCut ? body.Length / 2 : body.Length;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body.AsMemory(0, sent));
        await context.Response.Body.FlushAsync();
        if (sent < body.Length) context.Abort();
    }

    private (int, JsonNode) Store(int status, JsonNode body)
    {
        _map = body.DeepClone();
        Writes++;
        Touch();
        return (status, _map.DeepClone());
    }

    private void Touch()
    {
        _map!["metadata"]!["resourceVersion"] = (++_resourceVersion).ToString(CultureInfo.InvariantCulture);
        _watchers.Tell(_resourceVersion, _map.DeepClone());
    }

    private static string? VersionOf(JsonNode map) => map["metadata"]?["resourceVersion"]?.GetValue<string>();

    public static (int, JsonNode) Status(int code, string reason) =>
        (code, new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["status"] = "Failure", ["reason"] = reason, ["message"] = reason, ["code"] = code });
}

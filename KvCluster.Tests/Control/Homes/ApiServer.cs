using System.Collections.Concurrent;
using System.Globalization;
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

/// <summary>As much of a Kubernetes API server as one ConfigMap needs: <c>resourceVersion</c>, conflicts, throttling, lost answers.</summary>
internal sealed class ApiServer : RegisterHomeUnderTest
{
    private const string Maps = "/api/v1/namespaces/test/configmaps";
    private readonly Lock _lock = new();
    private readonly ConcurrentQueue<ApiTrouble> _troubles = new();
    private readonly KubernetesRegister[] _registers = new KubernetesRegister[Servers];
    private WebApplication? _app;
    private Uri? _url;
    private JsonNode? _map;
    private long _resourceVersion;

    /// <summary>Requests that were refused with 429.</summary>
    public int Throttled { get; private set; }

    public Uri Url => _url!;

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
            server._registers[place] = new KubernetesRegister(new Kubernetes(new KubernetesClientConfiguration { Host = server.Url.GetLeftPart(UriPartial.Authority) }), "test", "topology");
        return server;
    }

    public override ITopologyRegister Of(int server) => _registers[server];

    public void Spoil(ApiTrouble trouble) => _troubles.Enqueue(trouble);

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
        _app.MapGet(Maps + "/topology", () => Answer(_ => _map is null ? Status(404, "NotFound") : Json(200, _map.DeepClone())));
        _app.MapPost(Maps, Task<IResult> (HttpContext context, CancellationToken _) => WriteAsync(context, body => _map is not null ? Status(409, "AlreadyExists") : Store(201, body)));
        _app.MapPut(Maps + "/topology", Task<IResult> (HttpContext context, CancellationToken _) => WriteAsync(context, body =>
            _map is null ? Status(404, "NotFound")
            : VersionOf(body) != VersionOf(_map) ? Status(409, "Conflict")
            : Store(200, body)));
        await _app.StartAsync(TestContext.Current.CancellationToken);
        _url = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public override async Task StopAsync()
    {
        if (_app is null) return;
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _app = null;
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var register in _registers) register?.Dispose();
        await StopAsync();
    }

    private async Task<IResult> WriteAsync(HttpContext context, Func<JsonNode, IResult> write)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
        _troubles.TryDequeue(out var trouble);
        if (trouble == ApiTrouble.Forbidden) return Status(403, "Forbidden");
        if (trouble == ApiTrouble.Throttled)
        {
            Throttled++;
            context.Response.Headers.RetryAfter = "0";
            return Status(429, "TooManyRequests");
        }

        if (trouble == ApiTrouble.Overtaken)
            lock (_lock) Touch();
        var answer = Answer(_ => write(body));
        if (trouble == ApiTrouble.AnswerLost) context.Abort();
        return answer;
    }

    private IResult Answer(Func<ApiServer, IResult> answer)
    {
        lock (_lock) return answer(this);
    }

    private IResult Store(int status, JsonNode body)
    {
        _map = body.DeepClone();
        Touch();
        return Json(status, _map.DeepClone());
    }

    private void Touch() => _map!["metadata"]!["resourceVersion"] = (++_resourceVersion).ToString(CultureInfo.InvariantCulture);

    private static string? VersionOf(JsonNode map) => map["metadata"]?["resourceVersion"]?.GetValue<string>();

    private static IResult Json(int status, JsonNode body) => Results.Text(body.ToJsonString(), "application/json", statusCode: status);

    private static IResult Status(int code, string reason) =>
        Json(code, new JsonObject { ["kind"] = "Status", ["apiVersion"] = "v1", ["status"] = "Failure", ["reason"] = reason, ["code"] = code });
}

using System.Collections.Concurrent;
using System.Globalization;
using KvCluster.Protocol.Http;
using KvCluster.Protocol.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KvCluster.Tests.Client.Fake;

/// <summary>One server of a <see cref="FakeCluster"/>: Kestrel on a free port, which can be told to misbehave.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<RequestWaiter> _waiters = [];

    private FakeServer(WebApplication application, ServerId id, FakeNode node)
    {
        _application = application;
        Id = id;
        Node = node;
    }

    public ServerId Id { get; }
    public FakeNode Node { get; }
    public Uri Address { get; private set; } = null!;

    /// <summary>Paths of the requests that came, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>Runs before each request; true if it answered (or dropped) the request itself.</summary>
    public Func<HttpContext, Task<bool>>? Before { get; set; }

    /// <summary>Runs after each request was carried out, before it is answered; true if it took the answer away.</summary>
    public Func<HttpContext, Task<bool>>? After { get; set; }

    /// <summary>Ends when a request that begins with this text arrives.</summary>
    public Task NextRequest(string beginning)
    {
        var waiter = new RequestWaiter(beginning);
        _waiters.Enqueue(waiter);
        return waiter.Arrived;
    }

    public static async Task<FakeServer> StartAsync(FakeCluster cluster, ServerId id, FakeNode node)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var application = builder.Build();
        var server = new FakeServer(application, id, node);
        application.Run(context => server.HandleAsync(cluster, context));
        await application.StartAsync();
        var addresses = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        server.Address = new Uri(addresses.Addresses.Single());
        return server;
    }

    /// <summary>As a killed process does: the port closes and connections break.</summary>
    public async Task KillAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _application.StopAsync(now.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await _application.DisposeAsync();
    }

    private async Task HandleAsync(FakeCluster cluster, HttpContext context)
    {
        var line = $"{context.Request.Method} {context.Features.Get<IHttpRequestFeature>()!.RawTarget}";
        Requests.Enqueue(line);
        foreach (var waiter in _waiters) waiter.OnRequest(line);
        context.Response.Headers[KvHeaders.TopologyVersion] = cluster.VersionShownBy(this).ToString(CultureInfo.InvariantCulture);
        if (cluster.Topology.Lineage != 0) context.Response.Headers[KvHeaders.TopologyLineage] = cluster.Topology.Lineage.ToString(CultureInfo.InvariantCulture);
        if (Before is { } before && await before(context)) return;
        var answer = await FakeEndpoints.AnswerAsync(cluster, this, context);
        if (After is { } after && await after(context)) return;
        await answer(context);
    }
}

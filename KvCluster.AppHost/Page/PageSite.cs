using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using KvCluster.Hosting.Machine;
using KvCluster.Hosting.Sight;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KvCluster.AppHost.Page;

/// <summary>The AppHost's own page, on loopback.</summary>
internal sealed class PageSite : IAsyncDisposable
{
    private const string TokenPlace = "%TOKEN%";
    private readonly WebApplication _app;

    private PageSite(WebApplication app) => _app = app;

    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <param name="port">Zero: any that is free.</param>
    /// <exception cref="StartException">The port is taken.</exception>
    public static async Task<PageSite> StartAsync(int port, PageFeed feed, PageCommands commands, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, PageJson.Default));
        var app = builder.Build();
        Map(app, feed, commands);
        try
        {
            await app.StartAsync(cancellation);
        }
        catch (IOException error)
        {
            await app.DisposeAsync();
            throw new StartException($"The page cannot be served: {error.Message}");
        }

        return new PageSite(app);
    }

    public async ValueTask DisposeAsync()
    {
        // Whoever still looks is not waited for.
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static void Map(WebApplication app, PageFeed feed, PageCommands commands)
    {
        var guard = new PageGuard();
        app.Use(async (context, next) =>
        {
            context.Response.Headers.ContentSecurityPolicy = "default-src 'self'; style-src 'self'; frame-ancestors 'none'";
            context.Response.Headers.XContentTypeOptions = "nosniff";
            context.Response.Headers.CacheControl = "no-store";
            if (guard.Refusal(context.Request) is not { } refusal)
            {
                await next(context);
                return;
            }

            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await context.Response.WriteAsync(refusal, context.RequestAborted);
        });
        foreach (var name in PageAssets.Names)
        {
            var (text, type) = (PageAssets.Read(name).Replace(TokenPlace, guard.Token, StringComparison.Ordinal), PageAssets.ContentTypes[Path.GetExtension(name)]);
            app.MapGet(name == "index.html" ? "/" : $"/{name}", () => Results.Text(text, type));
        }

        app.MapGet("/api/stream", (CancellationToken gone) => TypedResults.ServerSentEvents(ItemsAsync(feed, app.Lifetime.ApplicationStopping, gone)));
        app.MapGet("/api/logs/{server}", (string server) => Results.Json(feed.LinesOf(server), PageJson.Default.PageLineArray));
        app.MapPost("/api/cluster/status", () => Answer(commands.Status()));
        app.MapPost("/api/servers/{server}/{action}", async (string server, string action, CancellationToken cancellation) =>
            Enum.TryParse<ServerAction>(action, ignoreCase: false, out var known)
                ? Answer(await commands.RunAsync(known, server, cancellation))
                : Answer(new PageAnswer(false, $"There is no action {action}.")));
    }

    private static async IAsyncEnumerable<SseItem<string>> ItemsAsync(PageFeed feed, CancellationToken stopping, [EnumeratorCancellation] CancellationToken gone)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, gone);
        await foreach (var message in feed.WatchAsync(either.Token))
            yield return new SseItem<string>(message.Json, message.Kind);
    }

    private static IResult Answer(PageAnswer answer) => Results.Json(answer, PageJson.Default.PageAnswer, statusCode: answer.Ok ? 200 : 409);
}

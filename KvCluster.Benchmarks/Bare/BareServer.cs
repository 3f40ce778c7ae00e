using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KvCluster.Benchmarks.Bare;

/// <summary>Kestrel and nothing else: every request gets the same bytes. What no HTTP server of ours can be faster than.</summary>
internal static class BareServer
{
    /// <summary>Announces itself with its url on the first line of the output, and ends when its input does.</summary>
    /// <param name="isTuned">With the socket setting of our servers instead of the default.</param>
    public static async Task<int> RunAsync(int valueBytes, bool isTuned, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = isTuned);
        await using var app = builder.Build();
        var value = new byte[valueBytes];
        app.Run(context => AnswerAsync(context, value));
        await app.StartAsync(cancellation);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        Console.WriteLine(addresses!.Addresses.Single());
        await WaitForEndOfInputAsync(cancellation);
        await app.StopAsync(CancellationToken.None);
        return 0;
    }

    private static Task AnswerAsync(HttpContext context, byte[] value)
    {
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = value.Length;
        var body = context.Response.BodyWriter;
        value.CopyTo(body.GetSpan(value.Length));
        body.Advance(value.Length);
        return Task.CompletedTask;
    }

    private static async Task WaitForEndOfInputAsync(CancellationToken cancellation)
    {
        await using var input = Console.OpenStandardInput();
        var ignored = new byte[1];
        while (await input.ReadAsync(ignored, cancellation) > 0)
        {
            // Only the end matters.
        }
    }
}

using System.Net;
using System.Text;
using System.Text.Json;
using KvCluster.Benchmarks.Etcd;
using KvCluster.Benchmarks.Load;
using KvCluster.Benchmarks.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace KvCluster.Tests.Benchmarks;

/// <summary>The small speakers of etcd's two protocols, without an etcd.</summary>
public sealed class EtcdExchangeTests
{
    private static readonly ValueBlock Values = new(100, seed: 7);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void EtcdJsonRequests_Put_IsTheDocumentThatTheGatewayReads()
    {
        var requests = new EtcdJsonRequests(new Uri("http://127.0.0.1:2379"), Values);
        var bytes = new byte[2048];
        var text = Encoding.ASCII.GetString(bytes, 0, requests.Write(new Operation(OperationKind.Put, 42), bytes));
        var parts = text.Split("\r\n\r\n");
        using var body = JsonDocument.Parse(parts[1]);
        Assert.Contains($"Content-Length: {parts[1].Length}\r\n", parts[0] + "\r\n", StringComparison.Ordinal);
        Assert.Equal("bench:0000000042"u8, body.RootElement.GetProperty("key").GetBytesFromBase64());
        Assert.Equal(Values.Window(42), body.RootElement.GetProperty("value").GetBytesFromBase64());
    }

    [Fact]
    public async Task GrpcPutExchange_ManyCalls_AreUnderstoodByARealHttp2Server()
    {
        var messages = new List<byte[]>();
        await using var server = await StartHttp2Async(context => SucceedAsync(context, messages));
        var report = await LoadRun.RunAsync(new EtcdGrpcTarget(Member(server), Values), Plan(), [], Cancellation);
        Assert.Empty(report.Errors);
        Assert.Equal(messages.Count, Assert.Single(report.Latencies).Count);
        Assert.All(messages, message =>
        {
            Assert.Equal([0, 0, 0, 0, 120, 0x0A, 16], message[..7]);
            Assert.StartsWith("bench:", Encoding.ASCII.GetString(message, 7, 16), StringComparison.Ordinal);
            Assert.Equal([0x12, 100], message[23..25]);
            Assert.Equal(125, message.Length);
        });
    }

    [Fact]
    public async Task GrpcPutExchange_CallThatFails_IsAnError()
    {
        await using var server = await StartHttp2Async(context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "14";
            return Task.CompletedTask;
        });
        var report = await LoadRun.RunAsync(new EtcdGrpcTarget(Member(server), Values), Plan(), [], Cancellation);
        Assert.Equal(0, report.Operations);
        Assert.Equal(["status 1"], report.Errors.Keys);
    }

    private static LoadPlan Plan() => new()
    {
        Workload = new Workload { ReadShare = 0, Keys = 100 },
        Connections = 2,
        WarmUp = TimeSpan.Zero,
        Duration = TimeSpan.FromMilliseconds(200),
    };

    private static async Task SucceedAsync(HttpContext context, List<byte[]> messages)
    {
        Assert.Equal("/etcdserverpb.KV/Put", context.Request.Path);
        using var message = new MemoryStream();
        await context.Request.Body.CopyToAsync(message, context.RequestAborted);
        lock (messages) messages.Add(message.ToArray());
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(new byte[] { 0, 0, 0, 0, 2, 0x0A, 0 }, context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private static async Task<WebApplication> StartHttp2Async(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var server = builder.Build();
        server.Run(answer);
        await server.StartAsync(Cancellation);
        return server;
    }

    private static EtcdMember Member(WebApplication server)
    {
        var addresses = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        var url = new Uri(addresses.Addresses.Single());
        return new EtcdMember("fake", url, url);
    }
}

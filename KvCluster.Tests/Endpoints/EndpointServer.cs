using System.Collections.Immutable;
using System.Net.Sockets;
using System.Text;
using KvCluster.Core.Commands;
using KvCluster.Core.Execution;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Node.Control;
using KvCluster.Node.Endpoints;
using KvCluster.Node.Options;
using KvCluster.Node.Replication;
using KvCluster.Node.Store;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;
using KvCluster.Tests.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KvCluster.Tests.Endpoints;

/// <summary>The real endpoints on Kestrel and a free port, over a store whose log is applied at once in memory.</summary>
internal sealed class EndpointServer : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly MemoryState _state = new();
    private readonly CommandExecutor _executor = new();
    private readonly WaitingRequests _waiting = new();
    private readonly WebApplication _application;
    private long _index;

    private EndpointServer(WebApplication application) => _application = application;

    public const int ValueBytesMax = 64 * 1024;

    /// <summary>Where node 2 would be.</summary>
    public static readonly Uri OtherNode = new("http://127.0.0.1:9");

    public HttpClient Client { get; private set; } = null!;
    public TopologyHolder Holder => _application.Services.GetRequiredService<TopologyHolder>();

    /// <summary>What the store answers instead of executing; none executes.</summary>
    public Refusal Refusal { get; set; }

    public static async Task<EndpointServer> StartAsync(bool ownsAllSlots = true)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var options = new KvNodeOptions { ValueBytesMax = ValueBytesMax, InFlightBytesMax = 4 * ValueBytesMax };
        var holder = new TopologyHolder { Self = new ServerId(1) };
        builder.Services.AddSingleton(options).AddSingleton(holder).AddSingleton<ReplicatedStore>();
        builder.Services.AddKeyValueEndpoints();
        var application = builder.Build();
        var server = new EndpointServer(application);
        application.UseKeyValueTargets();
        application.UseRouting();
        application.MapKeyValues();
        application.MapOpenApi();
        await application.StartAsync(TestContext.Current.CancellationToken);
        var address = new Uri(application.Urls.Single());
        server.Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address };
        holder.TryAdopt(Topology(address, ownsAllSlots));
        server.Open();
        return server;
    }

    /// <summary>Sends a request line as it stands and returns the whole answer; HttpClient would tidy up the path.</summary>
    public async Task<string> SendRawAsync(string head, string body = "")
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(Client.BaseAddress!.Host, Client.BaseAddress.Port, TestContext.Current.CancellationToken);
        await using var stream = socket.GetStream();
        var request = $"{head}\r\nHost: test\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Sends the beginning of a request, whose end never comes, and returns the answer up to the code in its problem document.</summary>
    public async Task<string> BeginAsync(string head, string body)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(Client.BaseAddress!.Host, Client.BaseAddress.Port, TestContext.Current.CancellationToken);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"{head}\r\nHost: test\r\n\r\n{body}"), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        var answer = new StringBuilder();
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            answer.AppendLine(line);
            if (line.Contains("\"code\":", StringComparison.Ordinal)) break;
        }

        return answer.ToString();
    }

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string target, string? body = null, string? contentType = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, new Uri(target, UriKind.Relative));
        if (body is not null) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (contentType is not null) request.Content!.Headers.TryAddWithoutValidation("Content-Type", contentType);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>Status and code of a refusal, after a look at the whole document.</summary>
    public static async Task<(int Status, string Code)> ProblemAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var problem = System.Text.Json.JsonSerializer.Deserialize(text, KvJson.Default.KvProblem)!;
        Assert.Equal(((int)response.StatusCode, ProblemCode.TypePrefix + problem.Code), (problem.Status, problem.Type));
        Assert.NotEmpty(problem.Detail!);
        return (problem.Status, problem.Code);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.DisposeAsync();
    }

    private void Open()
    {
        _executor.Load(_state);
        Apply(EntryKind.Control, CommandCodec.Encode(new SlotAdopt([new SlotRange(0, Slot.Count - 1)], 1)));
        var permit = new ReadPermit();
        permit.Publish(long.MaxValue, 0);
        var store = _application.Services.GetRequiredService<ReplicatedStore>();
        store.Open(new StoreBackend(_executor, _state, permit, _waiting, Post, () => true, () => false, _ => { }));
    }

    private bool Post(ReplicationInput input)
    {
        var write = (WriteRequested)input;
        var result = Refusal == Refusal.None ? new WriteResult(Refusal.None, Apply(write.Kind, write.Payload), 2) : WriteResult.Refused(Refusal);
        _waiting.Complete(write.Token, result);
        return true;
    }

    private Outcome Apply(EntryKind kind, ReadOnlyMemory<byte> payload)
    {
        lock (_lock)
        {
            var batch = _state.Begin();
            var revision = Revision.After(_executor.AppliedRevision, 1_000_000_000);
            var outcome = _executor.Apply(new LogEntry(new Epoch(1), new LogIndex(++_index), revision, kind, payload), batch);
            _executor.EndBatch(batch);
            _state.Commit(batch);
            _executor.Publish();
            return outcome;
        }
    }

    private static ClusterTopology Topology(Uri own, bool ownsAllSlots) => new()
    {
        ClusterId = new ClusterId(Guid.Parse("7d1c3f5e-0000-4000-8000-000000000001")),
        Version = 3,
        Nodes = ownsAllSlots ? [Node(1, own, new SlotRange(0, Slot.Count - 1))] : [Node(1, own, new SlotRange(0, 8_191)), Node(2, OtherNode, new SlotRange(8_192, Slot.Count - 1))],
    };

    private static NodeInfo Node(int id, Uri http, SlotRange slots) => new()
    {
        Id = new NodeId(id),
        Name = $"node-{id}",
        Epoch = new Epoch(1),
        Main = new ServerId(id),
        InSync = [new ServerId(id)],
        Slots = ImmutableArray.Create(slots),
        Servers =
        [
            new ServerInfo
            {
                Id = new ServerId(id), StoreId = new StoreId(Guid.NewGuid()), Incarnation = new Incarnation(1), Name = $"server-{id}", Http = http, Peer = "127.0.0.1:1",
            },
        ],
    };
}

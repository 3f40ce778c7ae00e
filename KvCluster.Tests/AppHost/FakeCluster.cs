using System.Collections.Immutable;
using System.Text.Json;
using KvCluster.Hosting.Plan;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Topology;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KvCluster.Tests.AppHost;

/// <summary>Answers for every server of a plan, on its port, the two questions that the orchestrator asks.</summary>
internal sealed class FakeCluster : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeCluster(WebApplication app, ClusterStatus status)
    {
        _app = app;
        Status = status;
    }

    /// <summary>What every server says of the cluster; none: nobody can say anything.</summary>
    public ClusterStatus? Status { get; set; }

    public static async Task<FakeCluster> StartAsync(ClusterPlan plan, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls([.. plan.Servers.Select(server => server.Url.ToString())]);
        var app = builder.Build();
        var cluster = new FakeCluster(app, StatusOf(plan));
        app.MapGet("/health", () => "Healthy");
        app.MapGet("/cluster/status", () => cluster.Status is { } status
            ? Results.Bytes(JsonSerializer.SerializeToUtf8Bytes(status, KvJson.Default.ClusterStatus), "application/json")
            : Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
        await app.StartAsync(cancellation);
        return cluster;
    }

    /// <summary>Each node's first server is its main, and the first of all the master; no slot is served yet.</summary>
    public static ClusterStatus StatusOf(ClusterPlan plan)
    {
        var servers = plan.Servers.Select((server, place) => Info(server, place + 1)).ToList();
        var nodes = plan.Nodes.Select((node, place) => Node(node, place + 1, servers)).ToImmutableArray();
        var topology = new ClusterTopology
        {
            ClusterId = new ClusterId(Guid.NewGuid()),
            Version = 1,
            Master = servers[0].Id,
            Nodes = nodes,
            Witnesses = [.. servers.Where(server => server.Name == plan.Witness?.Name)],
        };
        return new ClusterStatus(topology, AllSlotsServed: false, [.. servers.Select(server => StatusOf(server, topology))]);
    }

    /// <summary>The main and the replica of a node have swapped.</summary>
    public static ClusterStatus FailedOver(ClusterStatus status, string nodeName)
    {
        var node = status.Topology.Nodes.Single(candidate => candidate.Name == nodeName);
        var next = status.Topology.With(node with { Main = node.ReplicaServer!.Id }) with { Version = status.Topology.Version + 1 };
        return status with { Topology = next, Servers = [.. next.Servers.Select(server => StatusOf(server, next))] };
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static NodeInfo Node(NodePlan node, int id, List<ServerInfo> servers)
    {
        var own = servers.Where(server => node.Servers.Any(planned => planned.Name == server.Name)).ToImmutableArray();
        return new NodeInfo
        {
            Id = new NodeId(id),
            Name = node.Name,
            Epoch = new Epoch(1),
            Main = own[0].Id,
            InSync = [.. own.Select(server => server.Id)],
            Servers = own,
        };
    }

    private static ServerInfo Info(ServerPlan server, int id) => new()
    {
        Id = new ServerId(id),
        StoreId = new StoreId(Guid.NewGuid()),
        Incarnation = new Incarnation(1),
        Name = server.Name,
        Http = server.Url,
        Peer = $"{ClusterPlan.Host}:{server.Ports.Peer}",
    };

    private static ServerStatus StatusOf(ServerInfo server, ClusterTopology topology) => new()
    {
        Name = server.Name,
        Server = server.Id,
        State = topology.NodeOf(server.Id) is not { } node ? ServerState.Witness
            : node.Main == server.Id ? ServerState.Main
            : ServerState.Replica,
    };
}

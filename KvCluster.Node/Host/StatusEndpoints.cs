using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Node.Control;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Http;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Host;

/// <summary>Status of this server or of all, and the hand-over of this node.</summary>
internal static class StatusEndpoints
{
    public static void MapStatus(this IEndpointRouteBuilder app)
    {
        var cluster = app.MapGroup("/cluster").AddEndpointFilter(ControlEndpoints.RefuseStrangers).WithTags("cluster");
        cluster.MapGet("/status", GetStatusAsync).WithName("GetStatus");
        cluster.MapPost("/nodes/{id:int}/handover", HandOverAsync).WithName("HandOver");
    }

    private static async Task<IResult> GetStatusAsync(string? scope, StatusReporter reporter, TopologyHolder holder, ControlHttp http, CancellationToken cancellation)
    {
        if (scope is null or "server") return Results.Json(reporter.Report(), KvJson.Default.ServerStatus);
        if (scope != "cluster") return Problem(400, ProblemCode.QueryInvalid, "scope is server or cluster.");
        if (holder.Current is not { } topology) return Problem(503, ProblemCode.NotReady, "This server knows no topology yet.");
        var asked = topology.Servers.Select(server => StatusOfAsync(server, topology, reporter, holder, http, cancellation));
        var servers = await Task.WhenAll(asked);
        return Results.Json(new ClusterStatus(topology, AllServed(topology, servers), [.. servers]), KvJson.Default.ClusterStatus);
    }

    private static async Task<ServerStatus> StatusOfAsync(
        ServerInfo server, ClusterTopology topology, StatusReporter reporter, TopologyHolder holder, ControlHttp http, CancellationToken cancellation)
    {
        if (server.Id == holder.Self) return reporter.Report();
        var answer = await http.GetStatusAsync(server.Http, topology.ClusterId, cancellation);
        return answer.Value ?? new ServerStatus
        {
            Name = server.Name,
            State = ServerState.Unreachable,
            Server = server.Id,
            Node = topology.NodeOf(server.Id)?.Id ?? default,
            IsMaster = topology.Master == server.Id,
        };
    }

    private static bool AllServed(ClusterTopology topology, IReadOnlyList<ServerStatus> servers) =>
        topology.AllSlotsAssigned && topology.Nodes.All(node => node.Slots.IsEmpty
            || servers.Any(server => server.Server == node.Main && server.State == ServerState.Main && server.Slots.Sum(range => range.Length) == node.Slots.Sum(range => range.Length)));

    private static async Task<IResult> HandOverAsync(int id, HttpResponse response, TopologyHolder holder, ServerHost host)
    {
        if (holder.Current?.Find(new NodeId(id)) is not { } node) return Problem(404, ProblemCode.NodeUnknown, $"There is no node {id}.");
        if (node.Main != holder.Self || host.Data is not { } data)
        {
            response.Headers.Location = new Uri(node.MainServer.Http, $"/cluster/nodes/{id}/handover").ToString();
            return Results.StatusCode(307);
        }

        var (token, task) = data.Waiting.Add();
        data.Post(new HandOverRequested(token, IsLeaving: false));
        var refusal = (await task).Refusal;
        return refusal == Refusal.None
            ? Results.NoContent()
            : Problem(503, refusal == Refusal.ReplicaUnavailable ? ProblemCode.ReplicaUnavailable : ProblemCode.NotReady, "The node cannot hand over now.");
    }

    private static IResult Problem(int status, string code, string detail) => Results.Json(
        new KvProblem { Type = ProblemCode.TypePrefix + code, Title = code.Replace('-', ' '), Status = status, Detail = detail, Code = code, Retryable = status == 503 },
        KvJson.Default.KvProblem, "application/problem+json", status);
}

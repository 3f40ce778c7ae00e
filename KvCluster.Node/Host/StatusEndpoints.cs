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

    private static async Task<IResult> GetStatusAsync(string? scope, StatusReporter reporter, ClusterStatusReader reader, TopologyHolder holder, CancellationToken cancellation)
    {
        if (scope is null or "server") return Results.Json(reporter.Report(), KvJson.Default.ServerStatus);
        if (scope != "cluster") return Problem(400, ProblemCode.QueryInvalid, "scope is server or cluster.");
        if (holder.Current is not { } topology) return Problem(503, ProblemCode.NotReady, "This server knows no topology yet.");
        return Results.Json(await reader.ReadAsync(topology, cancellation), KvJson.Default.ClusterStatus);
    }

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

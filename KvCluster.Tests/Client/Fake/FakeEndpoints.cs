using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KvCluster.Client;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Http;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace KvCluster.Tests.Client.Fake;

/// <summary>The requests of docs/HTTP-API.md, carried out at once and answered later, so that an answer can be lost in between.</summary>
internal static class FakeEndpoints
{
    public static async Task<RequestDelegate> AnswerAsync(FakeCluster cluster, FakeServer server, HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var path = target.Split('?')[0];
        return path switch
        {
            "/cluster/master" => Json(200, new MasterAnswer(cluster.Topology.ClusterId, cluster.Topology.FindServer(cluster.Topology.Master), cluster.Topology.Version), KvJson.Default.MasterAnswer),
            "/cluster/topology" => Json(200, cluster.Topology, KvJson.Default.ClusterTopology),
            "/health" => Json(200, new MasterAnswer(cluster.Topology.ClusterId, null, 0), KvJson.Default.MasterAnswer),
            "/kv" => List(server, context.Request.Query),
            "/kv/batch" when context.Request.Method == "POST" => await BatchAsync(cluster, server, context),
            _ when path.StartsWith("/kv/", StringComparison.Ordinal) => await OneKeyAsync(cluster, server, context, path),
            _ => Problem(404, ProblemCode.NotFound),
        };
    }

    public static RequestDelegate Problem(int status, string code, bool retryable = false, string outcome = "definite") =>
        Json(status, FakeJson.Problem(status, code, retryable, outcome), KvJson.Default.KvProblem, "application/problem+json");

    private static async Task<RequestDelegate> OneKeyAsync(FakeCluster cluster, FakeServer server, HttpContext context, string path)
    {
        var isIncrement = context.Request.Method == "POST" && path.EndsWith("/increment", StringComparison.Ordinal);
        var key = Unescape(isIncrement ? path[4..^10] : path[4..]);
        var isReplicaRead = context.Request.Method == "GET" && context.Request.Query["consistency"].ToString() is "replica" or ['b', ..];
        var main = cluster.MainOf(key);
        if (main != server && !(isReplicaRead && main.Node == server.Node))
            return Redirect(main.Address + path[1..] + context.Request.QueryString);
        if (context.Request.Method == "GET") return Get(server.Node.Find(key), main == server, context.Request);
        var body = await BodyAsync(context.Request);
        var headers = context.Request.Headers;
        var (ifMatch, ifNoneMatch) = (Optional(headers.IfMatch), Optional(headers.IfNoneMatch));
        var command = context.Request.Method switch
        {
            "PUT" => FakeCommands.Put(body, context.Request.ContentType, Optional(context.Request.Query["ttl"]), ifMatch, ifNoneMatch),
            "DELETE" => FakeCommands.Delete(ifMatch, ifNoneMatch),
            "PATCH" => FakeCommands.Patch(Encoding.UTF8.GetString(body), context.Request.ContentType == "application/merge-patch+json"),
            _ => FakeCommands.Increment(long.Parse(context.Request.Query["by"]!, CultureInfo.InvariantCulture)),
        };
        return Write(server.Node.Write(Optional(headers[KvHeaders.IdempotencyKey]), key, command));
    }

    private static RequestDelegate Get(FakeValue? value, bool isMain, HttpRequest request)
    {
        if (value is null) return Problem(404, ProblemCode.KeyNotFound);
        var unchanged = request.Headers.IfNoneMatch.ToString() == $"\"{value.Revision}\"";
        return async context =>
        {
            var response = context.Response;
            response.Headers.ETag = $"\"{value.Revision}\"";
            response.Headers[KvHeaders.Source] = isMain ? "main" : "replica";
            if (!isMain) response.Headers[KvHeaders.StalenessMilliseconds] = "40";
            if (value.ExpiresAt is { } at) response.Headers[KvHeaders.ExpiresAt] = at.ToString(CultureInfo.InvariantCulture);
            response.StatusCode = unchanged ? 304 : 200;
            if (unchanged) return;
            response.ContentType = value.ContentType;
            response.ContentLength = value.Bytes.Length;
            await response.Body.WriteAsync(value.Bytes);
        };
    }

    private static RequestDelegate Write(FakeOutcome outcome) => async context =>
    {
        if (!outcome.Revision.IsNone) context.Response.Headers.ETag = $"\"{outcome.Revision}\"";
        if (outcome.Code is { } code)
        {
            await Problem(outcome.Status, code)(context);
            return;
        }

        context.Response.Headers[KvHeaders.Copies] = "2";
        if (outcome.Number is { } number) await Json(200, new IncrementAnswer(number, outcome.Revision), KvJson.Default.IncrementAnswer)(context);
        else context.Response.StatusCode = outcome.Status;
    };

    private static RequestDelegate List(FakeServer server, IQueryCollection query) => Json(
        200,
        server.Node.List(
            Encoding.UTF8.GetBytes(query["prefix"].ToString()),
            int.Parse(query["limit"]!, CultureInfo.InvariantCulture),
            Optional(query["token"]),
            query["values"] == "true"),
        KvJson.Default.ListPage);

    private static async Task<RequestDelegate> BatchAsync(FakeCluster cluster, FakeServer server, HttpContext context)
    {
        var body = await BodyAsync(context.Request);
        var request = JsonSerializer.Deserialize(body, KvJson.Default.BatchRequest)!;
        return Json(200, new BatchAnswer([.. request.Operations.Select(operation => Batched(cluster, server, operation))]), KvJson.Default.BatchAnswer);
    }

    private static BatchResult Batched(FakeCluster cluster, FakeServer server, BatchOperation operation)
    {
        var key = operation.KeyBase64 ?? Encoding.UTF8.GetBytes(operation.Key!);
        if (cluster.MainOf(key) != server) return new BatchResult { Status = 503, Problem = FakeJson.Problem(503, ProblemCode.SlotMoved, retryable: true) };
        if (operation.Op == "get") return BatchedGet(server.Node.Find(key));
        var value = operation.ValueBase64 ?? Encoding.UTF8.GetBytes(operation.Value ?? "");
        var outcome = server.Node.Write(operation.IdempotencyKey, key, operation.Op switch
        {
            "put" => FakeCommands.Put(value, operation.ContentType, operation.Ttl, operation.IfMatch, operation.IfNoneMatch),
            "delete" => FakeCommands.Delete(operation.IfMatch, operation.IfNoneMatch),
            "increment" => FakeCommands.Increment(operation.By ?? 1),
            _ => FakeCommands.Patch(operation.Value!, operation.Op == "merge-patch"),
        });
        return new BatchResult
        {
            Status = outcome.Status,
            Revision = outcome.Revision.IsNone ? null : outcome.Revision,
            Number = outcome.Number,
            Copies = outcome.Code is null ? 2 : null,
            Problem = outcome.Code is { } code ? FakeJson.Problem(outcome.Status, code) : null,
        };
    }

    private static BatchResult BatchedGet(FakeValue? value) => value is null
        ? new BatchResult { Status = 404, Problem = FakeJson.Problem(404, ProblemCode.KeyNotFound) }
        : new BatchResult
        {
            Status = 200,
            Revision = value.Revision,
            ContentType = value.ContentType,
            Value = FakeJson.Text(value.Bytes),
            ValueBase64 = FakeJson.Base64(value.Bytes),
            ExpiresAt = value.ExpiresAt,
        };

    private static RequestDelegate Json<T>(int status, T value, JsonTypeInfo<T> type, string contentType = "application/json") => async context =>
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes);
    };

    private static RequestDelegate Redirect(string location) => context =>
    {
        context.Response.StatusCode = 307;
        context.Response.Headers.Location = location;
        return Task.CompletedTask;
    };

    private static async Task<byte[]> BodyAsync(HttpRequest request)
    {
        using var memory = new MemoryStream();
        await request.Body.CopyToAsync(memory);
        return memory.ToArray();
    }

    private static byte[] Unescape(string text)
    {
        var bytes = ImmutableArray.CreateBuilder<byte>();
        for (var place = 0; place < text.Length;)
        {
            var isEscaped = text[place] == '%';
            bytes.Add(isEscaped ? byte.Parse(text.AsSpan(place + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) : (byte)text[place]);
            place += isEscaped ? 3 : 1;
        }

        return bytes.ToArray();
    }

    private static string? Optional(Microsoft.Extensions.Primitives.StringValues values) => values.Count == 0 ? null : values.ToString();
}

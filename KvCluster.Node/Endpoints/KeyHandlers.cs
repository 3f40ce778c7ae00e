using System.Globalization;
using System.Text.Json;
using KvCluster.Core.Commands;
using KvCluster.Core.Patching;
using KvCluster.Core.Replication;
using KvCluster.Node.Options;
using KvCluster.Node.Store;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Http;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Slots;

namespace KvCluster.Node.Endpoints;

/// <summary>Requests for one key.</summary>
internal sealed class KeyHandlers(ReplicatedStore store, KeyRouter router, RequestBody bodies, KvNodeOptions options)
{
    public async Task GetAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        RequestText.Only(request.Query, "consistency");
        var consistency = RequestText.Consistency(RequestText.Option(request.Query, "consistency"));
        var key = KeyTarget.Read(context);
        var slot = SlotHash.Of(key);
        if (IsElsewhere(response, slot, consistency.Kind)) return;
        var read = await store.ReadAsync(key, slot, consistency);
        if (read.Refusal != Refusal.None) throw Answers.Of(read.Refusal);
        response.Headers[KvHeaders.Source] = read.FromMain ? "main" : "replica";
        if (read.StalenessMilliseconds is { } staleness) response.Headers[KvHeaders.StalenessMilliseconds] = staleness.ToString(CultureInfo.InvariantCulture);
        if (read.Value is not { } value) throw new RequestProblem(404, ProblemCode.KeyNotFound, "There is no such key.");
        var etag = Answers.ETag(value.Revision);
        response.Headers.ETag = etag;
        if (value.ExpiresAt != 0) response.Headers[KvHeaders.ExpiresAt] = value.ExpiresAt.ToString(CultureInfo.InvariantCulture);
        if (request.Headers.IfNoneMatch.Count > 0 && RequestText.Names(request.Headers.IfNoneMatch, etag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = value.ContentType;
        response.ContentLength = value.Bytes.Length;
        if (!HttpMethods.IsHead(request.Method)) await response.BodyWriter.WriteAsync(value.Bytes, context.RequestAborted);
    }

    public async Task PutAsync(HttpContext context)
    {
        var request = context.Request;
        RequestText.Only(request.Query, "ttl");
        var expiry = RequestText.Ttl(RequestText.Option(request.Query, "ttl"));
        var key = KeyTarget.Read(context);
        var contentType = RequestBody.ContentType(request.ContentType);
        var (condition, id) = (ConditionOf(request), IdOf(request, key));
        if (IsElsewhere(context.Response, key)) return;
        using var value = await bodies.ReadAsync(request, options.ValueBytesMax, context.RequestAborted);
        RequestBody.CheckHash(contentType, value.Bytes);
        var command = new PutCommand { Key = key, Value = value.Bytes, ContentType = contentType, Expiry = expiry, Condition = condition, RequestId = id };
        await WriteAsync(context, command);
    }

    public async Task DeleteAsync(HttpContext context)
    {
        RequestText.Only(context.Request.Query);
        var key = KeyTarget.Read(context);
        var command = new DeleteCommand { Key = key, Condition = ConditionOf(context.Request), RequestId = IdOf(context.Request, key) };
        if (!IsElsewhere(context.Response, key)) await WriteAsync(context, command);
    }

    public async Task PatchAsync(HttpContext context)
    {
        var request = context.Request;
        RequestText.Only(request.Query);
        var key = KeyTarget.Read(context);
        var kind = PatchKindOf(request.ContentType);
        var (condition, id) = (ConditionOf(request), IdOf(request, key));
        if (IsElsewhere(context.Response, key)) return;
        using var body = await bodies.ReadAsync(request, options.ValueBytesMax, context.RequestAborted);
        var patch = body.Bytes;
        if (!JsonPatcher.IsPatch(kind, patch)) throw Answers.PatchInvalid();
        await WriteAsync(context, new PatchCommand { Key = key, Kind = kind, Patch = patch, Condition = condition, RequestId = id });
    }

    public async Task IncrementAsync(HttpContext context)
    {
        var request = context.Request;
        RequestText.Only(request.Query, "by");
        var by = RequestText.Number(RequestText.Option(request.Query, "by"), "by", 1, long.MinValue, long.MaxValue);
        var key = KeyTarget.Read(context, isIncrement: true);
        var command = new IncrementCommand { Key = key, By = by, Condition = ConditionOf(request), RequestId = IdOf(request, key) };
        if (IsElsewhere(context.Response, key)) return;
        var result = await store.WriteAsync(command, context.RequestAborted);
        var outcome = Answers.Require(result);
        Answers.Written(context.Response, outcome, result.Copies);
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(
            context.Response.Body, new IncrementAnswer(outcome.Number, outcome.Revision), KvJson.Default.IncrementAnswer, context.RequestAborted);
    }

    public static PatchKind PatchKindOf(string? contentType)
    {
        var type = contentType?.Split(';')[0].Trim();
        return type switch
        {
            "application/merge-patch+json" => PatchKind.Merge,
            "application/json-patch+json" => PatchKind.Json,
            _ => throw Answers.PatchTypeUnsupported(),
        };
    }

    private async Task WriteAsync(HttpContext context, Command command)
    {
        var result = await store.WriteAsync(command, context.RequestAborted);
        var outcome = Answers.Require(result);
        var response = context.Response;
        Answers.Written(response, outcome, result.Copies);
        if (outcome.Code == OutcomeCode.Absent && command is PatchCommand) throw new RequestProblem(404, ProblemCode.KeyNotFound, "There is no such key.");
        response.StatusCode = outcome.Code == OutcomeCode.Created ? StatusCodes.Status201Created : StatusCodes.Status204NoContent;
        if (outcome.Code == OutcomeCode.Created) response.ContentLength = 0;
    }

    private static Condition ConditionOf(HttpRequest request) => RequestText.Conditions(request.Headers.IfMatch, request.Headers.IfNoneMatch);
    private static Protocol.Requests.RequestId IdOf(HttpRequest request, byte[] key) =>
        RequestText.IdempotencyKey(request.Headers[KvHeaders.IdempotencyKey], request.Method, key);

    private bool IsElsewhere(HttpResponse response, byte[] key) => IsElsewhere(response, SlotHash.Of(key), ReadConsistencyKind.Linearizable);

    private bool IsElsewhere(HttpResponse response, Slot slot, ReadConsistencyKind consistency)
    {
        if (router.Elsewhere(slot, consistency) is not { } server) return false;
        Answers.Redirect(response, server.Http);
        return true;
    }
}

using System.Text;
using System.Text.Json;
using KvCluster.Core.Commands;
using KvCluster.Core.Replication;
using KvCluster.Node.Options;
using KvCluster.Node.Store;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Json;
using KvCluster.Protocol.Problems;
using KvCluster.Protocol.Slots;

namespace KvCluster.Node.Endpoints;

/// <summary><c>POST /kv/batch</c>: many operations in one round trip, each decided for itself, in the order given.</summary>
internal sealed class BatchHandler(ReplicatedStore store, KeyRouter router, RequestBody bodies, KvNodeOptions options)
{
    private const int OperationsMax = 1_000;

    public async Task RunAsync(HttpContext context)
    {
        RequestText.Only(context.Request.Query);
        using var body = await bodies.ReadAsync(context.Request, options.ValueBytesMax * 2, context.RequestAborted);
        var batch = Parse(body.Bytes);
        if (batch.Operations.Length > OperationsMax)
            throw new RequestProblem(413, ProblemCode.BatchTooLarge, $"A batch has at most {OperationsMax} operations.");
        var results = await RunAllAsync(batch, context.RequestAborted);
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(context.Response.Body, new BatchAnswer([.. results]), KvJson.Default.BatchAnswer, context.RequestAborted);
    }

    private static BatchRequest Parse(byte[] body)
    {
        try
        {
            var batch = JsonSerializer.Deserialize(body, KvJson.Default.BatchRequest);
            if (batch is not null && !batch.Operations.IsDefault) return batch;
        }
        catch (JsonException)
        {
            // Told below.
        }

        throw new RequestProblem(400, ProblemCode.BodyInvalid, "The body is no batch: {\"operations\":[{\"op\":\"put\",\"key\":\"a\",\"value\":\"1\"}]}.");
    }

    // All writes enter the log together and wait together; a read waits for the writes before it.
    private async Task<BatchResult[]> RunAllAsync(BatchRequest batch, CancellationToken cancellation)
    {
        var results = new BatchResult[batch.Operations.Length];
        var writing = new List<(int Place, Task<BatchResult> Task)>();
        for (var i = 0; i < results.Length; i++)
        {
            var operation = batch.Operations[i];
            if (operation.Op == "get") await SettleAsync(writing, results);
            writing.Add((i, RunOneAsync(operation, cancellation)));
        }

        await SettleAsync(writing, results);
        return results;
    }

    private static async Task SettleAsync(List<(int Place, Task<BatchResult> Task)> writing, BatchResult[] results)
    {
        var isToldHere = false;
        foreach (var (place, task) in writing)
        {
            isToldHere |= !task.IsCompleted;
            results[place] = await task;
        }

        writing.Clear();

        // The thread that tells of writes is not for the many operations that may follow.
        if (isToldHere) await Task.Yield();
    }

    private async Task<BatchResult> RunOneAsync(BatchOperation operation, CancellationToken cancellation)
    {
        try
        {
            var key = KeyTarget.Check(operation.KeyBase64 ?? Encoding.UTF8.GetBytes(operation.Key ?? ""));
            var slot = SlotHash.Of(key);
            if (router.Elsewhere(slot, ReadConsistencyKind.Linearizable) is { } server)
                throw new RequestProblem(421, ProblemCode.BatchCrossNode, $"This key is served by {server.Name} at {server.Http}.") { IsRetryable = true };
            if (operation.Op == "get") return await GetAsync(key, slot);
            var result = await store.WriteAsync(CommandOf(operation, key), cancellation);
            return Describe(operation, Answers.Require(result), result.Copies);
        }
        catch (RequestProblem problem)
        {
            var revision = problem.Header is ("ETag", var tag) ? RequestText.ETag(tag) : (Revision?)null;
            return new BatchResult { Status = problem.Status, Revision = revision, Problem = ProblemWriter.Describe(problem) };
        }
    }

    private async Task<BatchResult> GetAsync(byte[] key, Slot slot)
    {
        var read = await store.ReadAsync(key, slot, ReadConsistency.Linearizable);
        if (read.Refusal != Refusal.None) throw Answers.Of(read.Refusal);
        if (read.Value is not { } value) throw new RequestProblem(404, ProblemCode.KeyNotFound, "There is no such key.");
        var (text, bytes) = ListHandler.Text(value.Bytes.ToArray());
        return new BatchResult
        {
            Status = 200,
            Revision = value.Revision,
            ContentType = value.ContentType,
            ExpiresAt = value.ExpiresAt == 0 ? null : value.ExpiresAt,
            Value = text,
            ValueBase64 = bytes,
        };
    }

    private Command CommandOf(BatchOperation operation, byte[] key)
    {
        var condition = RequestText.Conditions(operation.IfMatch, operation.IfNoneMatch);
        var id = RequestText.IdempotencyKey(operation.IdempotencyKey, operation.Op, key);
        var body = operation.ValueBase64 ?? Encoding.UTF8.GetBytes(operation.Value ?? "");
        if (body.Length > options.ValueBytesMax) throw new RequestProblem(413, ProblemCode.ValueTooLarge, $"A value has at most {options.ValueBytesMax} bytes.");
        return operation.Op switch
        {
            "put" => new PutCommand
            {
                Key = key,
                Value = body,
                ContentType = TypeOf(operation, body),
                Expiry = RequestText.Ttl(operation.Ttl),
                Condition = condition,
                RequestId = id,
            },
            "delete" => new DeleteCommand { Key = key, Condition = condition, RequestId = id },
            "increment" => new IncrementCommand { Key = key, By = operation.By ?? 1, Condition = condition, RequestId = id },
            "merge-patch" => new PatchCommand { Key = key, Kind = PatchKind.Merge, Patch = body, Condition = condition, RequestId = id },
            "json-patch" => new PatchCommand { Key = key, Kind = PatchKind.Json, Patch = body, Condition = condition, RequestId = id },
            _ => throw new RequestProblem(400, ProblemCode.BodyInvalid, $"There is no operation '{operation.Op}'."),
        };
    }

    private static string TypeOf(BatchOperation operation, byte[] body)
    {
        var contentType = RequestBody.ContentType(operation.ContentType);
        RequestBody.CheckHash(contentType, body);
        return contentType;
    }

    private static BatchResult Describe(BatchOperation operation, Outcome outcome, int copies)
    {
        if (outcome.Code == OutcomeCode.Absent && operation.Op == "json-patch") throw new RequestProblem(404, ProblemCode.KeyNotFound, "There is no such key.");
        return new BatchResult
        {
            Status = operation.Op == "increment" ? 200 : outcome.Code == OutcomeCode.Created ? 201 : 204,
            Revision = outcome.Revision.IsNone ? null : outcome.Revision,
            Number = operation.Op == "increment" ? outcome.Number : null,
            Copies = copies,
        };
    }
}

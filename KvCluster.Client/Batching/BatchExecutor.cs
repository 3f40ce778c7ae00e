using KvCluster.Client.Diagnostics;
using KvCluster.Client.Http;
using KvCluster.Client.Requests;
using KvCluster.Client.Retries;
using KvCluster.Client.Topology;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Json;

namespace KvCluster.Client.Batching;

/// <summary>Splits a batch by node and brings each part to its node, one request a node at a time.</summary>
/// <remarks>
/// Every operation has its own request id and its own fate. What a server could not decide is sent again with the same id, to
/// whichever node has the key by then. An operation whose time runs out becomes a failed result; the others keep theirs.
/// </remarks>
internal sealed class BatchExecutor(ClusterTopologyManager topology, RequestPipeline pipeline, RetryContext retries)
{
    private const int OperationsMax = 1000;
    private const int RequestBytesMax = 4 * 1024 * 1024;
    private const int RestampsMax = 3;

    public async Task<KvBatchResult[]> ExecuteAsync(IReadOnlyList<KvBatchOperation> operations, CancellationToken cancellationToken)
    {
        var results = new KvBatchResult[operations.Count];
        if (operations.Count == 0) return results;
        if (topology.Routing is null) await topology.RefreshAsync(cancellationToken).ConfigureAwait(false);
        var routing = topology.Routing;
        var byNode = operations.Select((operation, place) => new BatchItem(operation, place)).GroupBy(item => item.RouteKey.FindIn(routing)?.Id);
        await Task.WhenAll(byNode.Select(node => RunNodeAsync([.. node], results, cancellationToken))).ConfigureAwait(false);
        return results;
    }

    private async Task RunNodeAsync(List<BatchItem> items, KvBatchResult[] results, CancellationToken cancellationToken)
    {
        for (var start = 0; start < items.Count;)
        {
            var count = 0;
            for (var bytes = 0; start + count < items.Count && count < OperationsMax; count++)
            {
                bytes += items[start + count].Size;
                if (count > 0 && bytes > RequestBytesMax) break;
            }

            await RunPartAsync(items.GetRange(start, count), results, cancellationToken).ConfigureAwait(false);
            start += count;
        }
    }

    private async Task RunPartAsync(List<BatchItem> part, KvBatchResult[] results, CancellationToken cancellationToken)
    {
        if (part is [var single] && single.Size > RequestBytesMax && single.Operation.Value is not null)
        {
            results[single.Place] = await RunSingleAsync(single.Operation, cancellationToken).ConfigureAwait(false);
            return;
        }

        var session = new RetrySession(retries, isWrite: true);
        var pending = part;
        try
        {
            while (pending.Count > 0) pending = await RunRoundAsync(pending, results, session, cancellationToken).ConfigureAwait(false);
        }
        catch (KvClusterException)
        {
            // The time is over: what is still pending says so, each for itself.
        }
        finally
        {
            foreach (var item in part.Where(item => !item.Id.IsNone)) pipeline.Window.Complete(item.Id.Sequence);
        }

        foreach (var item in part) results[item.Place] ??= Failed(session.ToException(item.IsInDoubt));
    }

    /// <summary>Sends every pending operation once and returns those that have to be sent again, after a pause.</summary>
    private async Task<List<BatchItem>> RunRoundAsync(List<BatchItem> pending, KvBatchResult[] results, RetrySession session, CancellationToken cancellationToken)
    {
        var routing = topology.Routing;
        var reason = RetryReason.NoRoute;
        foreach (var node in pending.GroupBy(item => item.RouteKey.FindIn(routing)))
        {
            if (node.Key is { } route) reason = await SendAsync([.. node], route, results, session, cancellationToken).ConfigureAwait(false);
        }

        List<BatchItem> again = [.. pending.Where(item => results[item.Place] is null)];
        if (again is [var first, ..] && again.All(item => item.Restamps == 0))
            await session.PauseAsync(reason, first.RouteKey, first.RouteKey.FindIn(routing), null, cancellationToken).ConfigureAwait(false);
        return again;
    }

    private async Task<RetryReason> SendAsync(List<BatchItem> items, NodeRoute route, KvBatchResult[] results, RetrySession session, CancellationToken cancellationToken)
    {
        foreach (var item in items)
        {
            retries.Budget.OnRequest();
            if (item.Operation.IsWrite && item.Id.IsNone) item.Id = pipeline.Window.Begin(route.Clock.Newest);
        }

        var request = RequestFactory.Batch(BatchBody.Write(items));
        var attempt = await pipeline.FollowAsync(request, route, route.Main, null, null, session, cancellationToken).ConfigureAwait(false);
        if (attempt.Answer is { } answer && AnswerJudge.Judge(answer) == AnswerVerdict.Final)
        {
            if (answer.IsSuccess) return Take(items, answer, route, results, session);
            foreach (var item in items) results[item.Place] = Failed(ResultReader.Unexpected(answer));
            return RetryReason.Refused;
        }

        TimeSpan? pause = null;
        var reason = RequestPipeline.Note(attempt, session, isWrite: true, ref pause);
        if (attempt.Kind == AttemptKind.NoAnswer || (attempt.Answer is { } doubtful && AnswerJudge.Judge(doubtful) == AnswerVerdict.InDoubt))
        {
            foreach (var item in items.Where(item => item.Operation.IsWrite)) item.IsInDoubt = true;
        }

        return reason;
    }

    /// <summary>Keeps the results that are final; an operation without one is pending still.</summary>
    private RetryReason Take(List<BatchItem> items, StoreAnswer answer, NodeRoute route, KvBatchResult[] results, RetrySession session)
    {
        var answers = ResultReader.Parse(answer, KvJson.Default.BatchAnswer).Results;
        if (answers.IsDefault || answers.Length != items.Count) throw new KvRequestException("The server's answer has another number of results.");
        for (var i = 0; i < answers.Length; i++)
        {
            var item = items[i];
            var result = answers[i];
            if (result.Revision is { } revision) route.Clock.Observe(revision);
            switch (AnswerJudge.Judge(result.Status, result.Problem))
            {
                case AnswerVerdict.Final:
                    results[item.Place] = BatchResultReader.Read(item.Operation, result);
                    break;
                case AnswerVerdict.WrongStamp when item.IsInDoubt:
                    results[item.Place] = Failed(session.ToException(inDoubt: true));
                    break;
                case AnswerVerdict.WrongStamp when item.Restamps < RestampsMax:
                    pipeline.Window.Complete(item.Id.Sequence);
                    item.Id = pipeline.Window.Begin(PendingWrite.StampAfter(answer, route));
                    item.Restamps++;
                    break;
                case AnswerVerdict.WrongStamp:
                    results[item.Place] = Failed(KvRequestException.From(result.Problem!));
                    break;
                case AnswerVerdict.InDoubt:
                    item.IsInDoubt = item.Operation.IsWrite;
                    session.OnFailure(result.Problem, null);
                    break;
                default:
                    session.OnFailure(result.Problem, null);
                    break;
            }
        }

        return RetryReason.Refused;
    }

    /// <summary>A value too large to share a request goes alone.</summary>
    private async Task<KvBatchResult> RunSingleAsync(KvBatchOperation operation, CancellationToken cancellationToken)
    {
        var value = new KvValue(operation.Value!.Value, operation.ContentType);
        try
        {
            var request = operation.Name switch
            {
                "put" => RequestFactory.Put(operation.Key, value, operation.Options),
                "merge-patch" => RequestFactory.Patch(operation.Key, KvPatch.Merge(value.Bytes), operation.Options),
                _ => RequestFactory.Patch(operation.Key, KvPatch.Json(value.Bytes), operation.Options),
            };
            var answer = await pipeline.WriteAsync(request, RouteKey.Of(operation.Key), cancellationToken).ConfigureAwait(false);
            var result = ResultReader.Write(answer);
            return new KvBatchResult { Status = result.Status, Revision = result.Revision, Copies = result.Copies };
        }
        catch (KvClusterException failed)
        {
            return Failed(failed);
        }
    }

    private static KvBatchResult Failed(KvClusterException error) => new() { Status = KvStatus.Failed, Error = error };
}

using System.Net;
using KvCluster.Client.Diagnostics;
using KvCluster.Client.Health;
using KvCluster.Client.Http;
using KvCluster.Client.Retries;
using KvCluster.Client.Topology;

namespace KvCluster.Client.Requests;

/// <summary>Brings one request to the server that can answer it, however often that takes, within the time budget.</summary>
/// <remarks>
/// A write keeps its request id through redirects, retries and failovers; so whatever attempt is answered, the answer is that of
/// its only execution. The one exception is a first attempt that a server refused for its stamp while nothing is in doubt: it was
/// not executed, so it may get a new id.
/// </remarks>
internal sealed class RequestPipeline(
    ClusterTopologyManager topology, StoreHttpClientFactory factory, AttemptSender sender, ServerActivity activity, RetryContext retries, TimeSpan attemptTimeout)
{
    private const int RedirectsMax = 5;
    private const int BytesPerSecondMin = 1024 * 1024;

    public RequestIdWindow Window { get; } = RequestIdWindow.Create();

    /// <summary>The final answer to a read: a success, or a refusal that a repetition would not change.</summary>
    public async ValueTask<StoreAnswer> ReadAsync(StoreRequest request, RouteKey key, KvConsistency consistency, CancellationToken cancellationToken)
    {
        var call = new ObservedCall(retries.Metrics, request.Operation);
        retries.Budget.OnRequest();
        var session = new RetrySession(retries, isWrite: false);
        try
        {
            while (true)
            {
                var route = key.FindIn(topology.Routing);
                var reason = RetryReason.NoRoute;
                TimeSpan? pause = null;
                if (route is not null)
                {
                    foreach (var (server, option) in ReadOrder.Of(route, consistency))
                    {
                        var attempt = await FollowAsync(request, route, server, option, null, session, cancellationToken).ConfigureAwait(false);
                        if (IsFinal(attempt)) return call.End(attempt.Answer!);
                        reason = Note(attempt, session, isWrite: false, ref pause);
                    }
                }

                await session.PauseAsync(reason, key, route, pause, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception failed)
        {
            call.Fail(failed);
            throw;
        }
    }

    /// <summary>The final answer to a write, executed exactly once.</summary>
    public async ValueTask<StoreAnswer> WriteAsync(StoreRequest request, RouteKey key, CancellationToken cancellationToken)
    {
        var call = new ObservedCall(retries.Metrics, request.Operation);
        retries.Budget.OnRequest();
        var session = new RetrySession(retries, isWrite: true);
        var write = new PendingWrite(Window, session);
        try
        {
            while (true)
            {
                var route = key.FindIn(topology.Routing);
                var reason = RetryReason.NoRoute;
                TimeSpan? pause = null;
                if (route is not null)
                {
                    var attempt = await FollowAsync(request, route, route.Main, null, write.OnSending(route), session, cancellationToken).ConfigureAwait(false);
                    if (IsFinal(attempt)) return call.End(attempt.Answer!);
                    if (attempt.Answer is { } answer && AnswerJudge.Judge(answer) == AnswerVerdict.WrongStamp)
                    {
                        if (write.TryRestamp(answer, route)) continue;
                        return call.End(answer);
                    }

                    reason = Note(attempt, session, isWrite: true, ref pause);
                }

                await session.PauseAsync(reason, key, route, pause, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception failed)
        {
            call.Fail(failed);
            throw;
        }
        finally
        {
            write.Complete();
        }
    }

    /// <summary>One attempt, and up to five more where it was redirected to.</summary>
    public async ValueTask<Attempt> FollowAsync(
        StoreRequest request, NodeRoute route, StoreServer server, string? consistency, string? id, RetrySession session, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            var timeout = TimeoutFor(request, session);
            var message = request.ToMessage(server, consistency, id);
            var attempt = await sender.SendAsync(server, message, timeout, server == route.Main, cancellationToken).ConfigureAwait(false);
            activity.Observe(server, attempt);
            if (attempt.Answer is not { } answer) return attempt;
            topology.NoteVersion(answer.TopologyLineage, answer.TopologyVersion, server);
            ObserveClock(route, server, answer);
            var verdict = AnswerJudge.Judge(answer);
            if (verdict == AnswerVerdict.Final) server.OnServed(session.IsWrite);
            if (verdict != AnswerVerdict.Redirect || answer.Location is not { IsAbsoluteUri: true } location) return attempt;
            retries.Metrics.OnRedirect();
            if (redirects == RedirectsMax) return attempt;
            server = factory.For(location);
        }
    }

    /// <summary>Remembers what a failed attempt means for the rest of the call.</summary>
    public static RetryReason Note(Attempt attempt, RetrySession session, bool isWrite, ref TimeSpan? pause)
    {
        session.OnFailure(attempt.Answer?.Problem, attempt.Error);
        if (attempt.Kind == AttemptKind.NotSent) return RetryReason.Unreachable;
        if (attempt.Answer is not { } answer)
        {
            if (isWrite) session.OnDoubt();
            return RetryReason.NoAnswer;
        }

        var verdict = AnswerJudge.Judge(answer);
        if (verdict == AnswerVerdict.InDoubt && isWrite) session.OnDoubt();
        pause = AnswerJudge.PauseAfter(answer);
        return verdict == AnswerVerdict.Redirect ? RetryReason.Redirected : RetryReason.Refused;
    }

    private static bool IsFinal(Attempt attempt) => attempt.Answer is { } answer && AnswerJudge.Judge(answer) == AnswerVerdict.Final;

    private static void ObserveClock(NodeRoute route, StoreServer server, StoreAnswer answer)
    {
        // A redirect may lead to another node, whose clock is not this one's.
        if (server != route.Main) return;
        if (!answer.Revision.IsNone && answer.Status != HttpStatusCode.PreconditionFailed) route.Clock.Observe(answer.Revision);
        route.Clock.ObserveDate(answer);
    }

    private TimeSpan TimeoutFor(StoreRequest request, RetrySession session)
    {
        var timeout = attemptTimeout + TimeSpan.FromSeconds((double)(request.Body?.Length ?? 0) / BytesPerSecondMin);
        return timeout < session.Remaining ? timeout : Max(session.Remaining, TimeSpan.FromMilliseconds(1));
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}

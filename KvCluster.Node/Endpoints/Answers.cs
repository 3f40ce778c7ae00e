using KvCluster.Core.Commands;
using KvCluster.Core.Replication;
using KvCluster.Node.Store;
using KvCluster.Protocol.Http;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Problems;
using Microsoft.AspNetCore.Http.Features;

namespace KvCluster.Node.Endpoints;

/// <summary>From what the store says to what HTTP says.</summary>
internal static class Answers
{
    private const string PatchTypes = "application/merge-patch+json, application/json-patch+json";

    public static string ETag(Revision revision) => $"\"{revision}\"";

    /// <exception cref="RequestProblem">It was refused, or its outcome is one.</exception>
    public static Outcome Require(WriteResult result)
    {
        if (result.Refusal != Refusal.None) throw Of(result.Refusal);
        return Of(result.Outcome) is { } problem ? throw problem : result.Outcome;
    }

    public static RequestProblem Of(Refusal refusal) => refusal switch
    {
        Refusal.Unknown => new RequestProblem(504, ProblemCode.OutcomeUnknown, "The write may or may not take effect: repeat it with the same Idempotency-Key, or read.") { IsRetryable = true, IsUnknown = true },
        Refusal.NotMain => Later(ProblemCode.NotMain, "This server is not the main of its node."),
        Refusal.NotReady => Later(ProblemCode.NotReady, "This server is not serving yet."),
        Refusal.SlotNotHere => Later(ProblemCode.SlotMoved, "This node does not hold the key's slot (yet)."),
        Refusal.ReplicaUnavailable => Later(ProblemCode.ReplicaUnavailable, "Two copies are asked for and the replica is away; nothing was applied."),
        Refusal.LeaseLost => Later(ProblemCode.LeaseLost, "This server could not make sure that it is still main."),
        Refusal.TooStale => Later(ProblemCode.ReplicaTooStale, "This replica cannot promise the freshness asked for."),
        Refusal.Overloaded => Later(ProblemCode.Overloaded, "Too many writes are in flight."),
        _ => Later(ProblemCode.StorageFailed, "The storage of this server failed."),
    };

    private static RequestProblem Later(string code, string detail) => new(503, code, detail) { IsRetryable = true, RetryAfterSeconds = 1 };

    private static RequestProblem? Of(Outcome outcome) => outcome.Code switch
    {
        OutcomeCode.PreconditionFailed => new RequestProblem(412, ProblemCode.PreconditionFailed, "The key is not as the precondition asks.")
        {
            Header = outcome.Revision.IsNone ? null : ("ETag", ETag(outcome.Revision)),
        },
        OutcomeCode.ValueNotJson => new RequestProblem(422, ProblemCode.ValueNotJson, "The stored value is no JSON that can be patched."),
        OutcomeCode.PatchInvalid => PatchInvalid(),
        OutcomeCode.PatchTestFailed => new RequestProblem(409, ProblemCode.PatchTestFailed, "A test of the patch failed; nothing was changed."),
        OutcomeCode.PatchConflict => new RequestProblem(409, ProblemCode.PatchConflict, "The patch names a place that is not there, or its result is too deep."),
        OutcomeCode.ValueNotNumber => new RequestProblem(422, ProblemCode.ValueNotNumber, "The stored value is no 64-bit number."),
        OutcomeCode.CounterOverflow => new RequestProblem(409, ProblemCode.CounterOverflow, "The counter would leave the range of 64 bits."),
        OutcomeCode.ValueTooLarge => new RequestProblem(413, ProblemCode.ValueTooLarge, "The patched value would be too large."),
        OutcomeCode.SlotMoved => Later(ProblemCode.SlotMoved, "The key's slot is no longer here."),
        OutcomeCode.DedupExpired => new RequestProblem(409, ProblemCode.DedupExpired, "The Idempotency-Key is older than the outcomes kept; this attempt had no effect."),
        OutcomeCode.RequestsFull => Later(ProblemCode.Overloaded, "Too many requests with an Idempotency-Key are remembered; this attempt had no effect."),
        OutcomeCode.StampInFuture => new RequestProblem(400, ProblemCode.StampInFuture, "The Idempotency-Key's stamp is ahead of this store's time."),
        _ => null,
    };

    public static RequestProblem PatchTypeUnsupported() =>
        new(415, ProblemCode.MediaTypeUnsupported, $"A patch is one of {PatchTypes}.") { Header = ("Accept-Patch", PatchTypes) };

    public static RequestProblem PatchInvalid() => new(400, ProblemCode.PatchInvalid, "The patch is no valid document of its type.");

    public static void Redirect(HttpResponse response, Uri server)
    {
        response.StatusCode = StatusCodes.Status307TemporaryRedirect;
        var target = response.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        response.Headers.Location = server.GetLeftPart(UriPartial.Authority) + target;
    }

    public static void Written(HttpResponse response, Outcome outcome, int copies)
    {
        response.Headers[KvHeaders.Copies] = copies == 2 ? "2" : "1";
        if (!outcome.Revision.IsNone) response.Headers.ETag = ETag(outcome.Revision);
    }
}

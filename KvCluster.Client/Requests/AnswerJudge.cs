using KvCluster.Client.Http;
using KvCluster.Protocol.Problems;

namespace KvCluster.Client.Requests;

/// <summary>Decides what an answer means. The only place that knows which codes a call goes on after.</summary>
internal static class AnswerJudge
{
    public static AnswerVerdict Judge(StoreAnswer answer) => Judge((int)answer.Status, answer.Problem);

    public static AnswerVerdict Judge(int status, KvProblem? problem)
    {
        if (status is 307 or 308) return AnswerVerdict.Redirect;
        if (status < 400) return AnswerVerdict.Final;
        if (problem is null) return JudgeStranger(status);
        if (problem.Code is ProblemCode.DedupExpired or ProblemCode.StampInFuture) return AnswerVerdict.WrongStamp;
        if (problem.IsUnknown) return AnswerVerdict.InDoubt;
        return problem.Retryable ? AnswerVerdict.Refused : AnswerVerdict.Final;
    }

    /// <summary>
    /// How long to leave the server alone. Only a server that has too much to do is believed: whole seconds are too coarse for
    /// a failover, which is over in less than one.
    /// </summary>
    public static TimeSpan? PauseAfter(StoreAnswer answer) => answer.Problem?.Code == ProblemCode.Overloaded ? answer.RetryAfter : null;

    // An answer without a problem document came from something on the way, which cannot know what the server did with the request.
    private static AnswerVerdict JudgeStranger(int status) => status switch
    {
        408 or 429 => AnswerVerdict.Refused,
        >= 500 => AnswerVerdict.InDoubt,
        _ => AnswerVerdict.Final,
    };
}

using KvCluster.Client.Http;
using KvCluster.Protocol.Problems;

namespace KvCluster.Client;

/// <summary>A server refused the request for a reason that a repetition does not change. Definite: nothing was applied.</summary>
public sealed class KvRequestException : KvClusterException
{
    public KvRequestException()
    {
    }

    public KvRequestException(string message)
        : base(message)
    {
    }

    public KvRequestException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal static KvRequestException From(KvProblem problem) => new(ProblemText.Of(problem))
    {
        Code = problem.Code,
        IsTransient = problem.Retryable,
        TraceId = problem.TraceId,
    };
}

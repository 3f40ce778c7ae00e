using KvCluster.Protocol.Problems;

namespace KvCluster.Client;

/// <summary>Every failure of the client library. Each is either definite (nothing was or will be applied) or unknown.</summary>
public class KvClusterException : Exception
{
    public KvClusterException()
        : this("The request to the cluster failed.")
    {
    }

    public KvClusterException(string message)
        : base(message)
    {
    }

    public KvClusterException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Stable code of the problem, see <see cref="ProblemCode"/>.</summary>
    public string Code { get; init; } = ProblemCode.Internal;

    /// <summary>The same call may succeed later.</summary>
    public bool IsTransient { get; init; }

    /// <summary>The write may or may not take effect. False: it did not and never will.</summary>
    public bool IsOutcomeUnknown { get; init; }

    /// <summary>Names the request in the server's log and traces.</summary>
    public string? TraceId { get; init; }
}

using KvCluster.Protocol.Problems;

namespace KvCluster.Client;

/// <summary>
/// A write was sent and no answer came within the time budget: it may or may not have taken effect, now or a little later.
/// Read the key to find out; a plain repetition could apply it twice.
/// </summary>
public sealed class KvOutcomeUnknownException : KvClusterException
{
    public KvOutcomeUnknownException()
        : this("The outcome of the write is unknown.")
    {
    }

    public KvOutcomeUnknownException(string message)
        : this(message, null)
    {
    }

    public KvOutcomeUnknownException(string message, Exception? innerException)
        : base(message, innerException)
    {
        Code = ProblemCode.OutcomeUnknown;
        IsOutcomeUnknown = true;
    }
}

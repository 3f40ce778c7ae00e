namespace KvCluster.Client;

/// <summary>No server could answer within the time budget. Definite: nothing was applied, and the call may be made again.</summary>
public sealed class KvUnavailableException : KvClusterException
{
    public KvUnavailableException()
    {
    }

    public KvUnavailableException(string message)
        : base(message)
    {
    }

    public KvUnavailableException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

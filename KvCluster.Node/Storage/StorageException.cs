namespace KvCluster.Node.Storage;

/// <summary>The disk refused or returned something damaged. Nothing may be acknowledged after it.</summary>
public sealed class StorageException : Exception
{
    public StorageException(StorageFailure failure, string message, Exception? inner = null) : base(message, inner) => Failure = failure;

    public StorageFailure Failure { get; }
}

namespace KvCluster.Node.Storage;

/// <summary>The disk refused or returned something damaged. Nothing may be acknowledged after it.</summary>
public sealed class StorageException : Exception
{
    public StorageException(StorageFailure failure, string message, Exception? inner = null) : base(message, inner) => Failure = failure;

    public StorageFailure Failure { get; }

    /// <summary>What the runtime's file classes throw, told apart by the system's error number.</summary>
    internal static StorageException From(Exception failure, string message) =>
        new(failure is IOException && IsFull(failure.HResult) ? StorageFailure.DiskFull : StorageFailure.InputOutput, $"{message}: {failure.Message}", failure);

    internal static bool IsFromFile(Exception failure) => failure is IOException or UnauthorizedAccessException;

    /// <summary>No space left, or none left to this user.</summary>
    internal static bool IsFull(int error) => error is NoSpaceLeft or QuotaExceededLinux or QuotaExceededMac or DiskFullWindows;

    private const int NoSpaceLeft = 28;
    private const int QuotaExceededLinux = 122;
    private const int QuotaExceededMac = 69;
    private const int DiskFullWindows = unchecked((int)0x80070070);
}

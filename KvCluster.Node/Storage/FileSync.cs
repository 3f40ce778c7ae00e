using System.ComponentModel;
using System.Runtime.InteropServices;

namespace KvCluster.Node.Storage;

/// <summary>
/// fsync with its result. The runtime's own flush returns normally when fsync fails with EIO or ENOSPC, which would turn a lost
/// write into an acknowledged one.
/// </summary>
internal static partial class FileSync
{
    private const int ReadOnly = 0;

    /// <exception cref="StorageException">The system could not write it through.</exception>
    public static void Sync(SafeHandle file) => Check(fsync(file), "a file");

    /// <summary>The same for what the file holds, without times that nobody asks for (fdatasync).</summary>
    /// <exception cref="StorageException">The system could not write it through.</exception>
    public static void SyncData(SafeHandle file) => Check(OperatingSystem.IsLinux() ? fdatasync(file) : fsync(file), "a file");

    /// <summary>Makes names in a folder durable: a new file, a rename.</summary>
    public static void SyncDirectory(string path)
    {
        var descriptor = open(path, ReadOnly);
        Check(descriptor, path);
        try
        {
            Check(fsync(descriptor), path);
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    private static void Check(int result, string what)
    {
        if (result >= 0) return;
        var error = Marshal.GetLastPInvokeError();
        var failure = StorageException.IsFull(error) ? StorageFailure.DiskFull : StorageFailure.InputOutput;
        throw new StorageException(failure, $"Could not write {what} through to the disk: {new Win32Exception(error).Message}.");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeHandle descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fdatasync(SafeHandle descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}

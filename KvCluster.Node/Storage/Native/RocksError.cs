using System.Runtime.InteropServices;

namespace KvCluster.Node.Storage.Native;

/// <summary>Turns RocksDB's error texts into exceptions.</summary>
internal static unsafe class RocksError
{
    public static void ThrowIf(byte* error)
    {
        if (error is null) return;
        var text = Marshal.PtrToStringUTF8((nint)error) ?? "";
        RocksNative.rocksdb_free(error);
        throw new StorageException(FailureOf(text), text);
    }

    private static StorageFailure FailureOf(string text) =>
        text.Contains("No space left", StringComparison.OrdinalIgnoreCase) ? StorageFailure.DiskFull
        : text.Contains("lock hold by current process", StringComparison.OrdinalIgnoreCase) || text.Contains("While lock file", StringComparison.OrdinalIgnoreCase) ? StorageFailure.InUse
        : text.StartsWith("Corruption", StringComparison.OrdinalIgnoreCase) || text.Contains("checksum mismatch", StringComparison.OrdinalIgnoreCase) ? StorageFailure.Corrupt
        : StorageFailure.InputOutput;
}

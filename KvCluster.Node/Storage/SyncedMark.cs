using System.Buffers.Binary;
using KvCluster.Protocol.Identity;
using Microsoft.Win32.SafeHandles;

namespace KvCluster.Node.Storage;

/// <summary>
/// A number beside the log that says: at least up to here everything was on the disk. A log that ends before it has lost entries that
/// were promised, which the log alone cannot tell from a tail that was never synced.
/// </summary>
/// <remarks>
/// It is only ever a lower bound, and that is all that is needed. It is raised after a sync, without one of its own: a power loss may
/// leave an older value, which asks for less. It is lowered, durably, before the log is cut: so no value that a crash can leave is above
/// what the log still held then. A mark that cannot be read asks for nothing.
/// </remarks>
internal sealed class SyncedMark : IDisposable
{
    private const int Bytes = 16;
    private const long Check = 0x4B56_4D41_524B_3031;
    private readonly SafeFileHandle _file;

    private SyncedMark(SafeFileHandle file, LogIndex value) => (_file, Value) = (file, value);

    public LogIndex Value { get; private set; }

    public static SyncedMark Open(string path)
    {
        try
        {
            if (!File.Exists(path)) AtomicFile.Write(path, Encode(LogIndex.Zero));
            var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
            return new SyncedMark(file, Read(file));
        }
        catch (Exception failure) when (StorageException.IsFromFile(failure))
        {
            throw StorageException.From(failure, $"{path} cannot be opened");
        }
    }

    /// <summary>Everything up to <paramref name="index"/> was synced just now.</summary>
    public void Raise(LogIndex index)
    {
        if (index > Value) Write(index);
    }

    /// <summary>The log is about to end with <paramref name="index"/>; durable when it returns.</summary>
    public void Lower(LogIndex index)
    {
        if (index >= Value) return;
        Write(index);
        FileSync.Sync(_file);
    }

    public void Dispose() => _file.Dispose();

    private void Write(LogIndex index)
    {
        try
        {
            RandomAccess.Write(_file, Encode(index), 0);
            Value = index;
        }
        catch (Exception failure) when (StorageException.IsFromFile(failure))
        {
            throw StorageException.From(failure, "The mark of what is synced could not be written");
        }
    }

    private static byte[] Encode(LogIndex index)
    {
        var bytes = new byte[Bytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, index.Value);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), index.Value ^ Check);
        return bytes;
    }

    private static LogIndex Read(SafeFileHandle file)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        if (RandomAccess.Read(file, bytes, 0) < Bytes) return LogIndex.Zero;
        var value = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        return value >= 0 && (value ^ Check) == BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]) ? new LogIndex(value) : LogIndex.Zero;
    }
}

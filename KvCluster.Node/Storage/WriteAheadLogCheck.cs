using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace KvCluster.Node.Storage;

/// <summary>Looks through RocksDB's write-ahead logs before RocksDB does.</summary>
/// <remarks>
/// RocksDB recognises a damaged record by its checksum, and what it drops then is found missing later. But it never ends when the damage
/// turned a record's type into one of those for recycled files, which this store never writes. Such a log must not be given to it.
/// The format: blocks of 32 KiB, in them records of checksum (4 bytes), length (2), type (1) and that many bytes.
/// </remarks>
internal static class WriteAheadLogCheck
{
    private const int BlockBytes = 32 << 10;
    private const int HeaderBytes = 7;
    private const uint MaskDelta = 0xA282_EAD8;

    /// <exception cref="StorageException">A record is damaged in a way that RocksDB does not survive.</exception>
    public static void Run(string folder)
    {
        try
        {
            foreach (var path in Directory.EnumerateFiles(folder, "*.log")) CheckFile(path);
        }
        catch (Exception failure) when (StorageException.IsFromFile(failure))
        {
            throw StorageException.From(failure, $"The write-ahead log in {folder} cannot be read");
        }
    }

    private static void CheckFile(string path)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var block = new byte[BlockBytes];
        for (long offset = 0; ; offset += BlockBytes)
        {
            var read = RandomAccess.Read(file, block, offset);
            if (read < HeaderBytes || !IsSound(block.AsSpan(0, read), path)) return;
        }
    }

    // False where RocksDB will stop by itself: at a torn or damaged record, or at what was reserved and never written.
    private static bool IsSound(ReadOnlySpan<byte> block, string path)
    {
        while (block.Length >= HeaderBytes)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(block[4..]);
            var type = block[6];
            if (IsOfRecycledFile(type)) throw new StorageException(StorageFailure.Corrupt, $"{path} holds a record of type {type}, which was never written: it is damaged.");
            if (type == 0 || HeaderBytes + length > block.Length) return false;
            if (Checksum(block.Slice(6, 1 + length)) != BinaryPrimitives.ReadUInt32LittleEndian(block)) return false;
            block = block[(HeaderBytes + length)..];
        }

        return true;
    }

    private static bool IsOfRecycledFile(byte type) => type is >= 5 and <= 8 or 11;

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes)) crc = BitOperations.Crc32C(crc, word);
        foreach (var last in bytes[(bytes.Length & ~7)..]) crc = BitOperations.Crc32C(crc, last);
        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + MaskDelta;
    }
}

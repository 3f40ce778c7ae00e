using System.Buffers.Binary;
using System.IO.Hashing;
using KvCluster.Core.Log;
using KvCluster.Node.Storage;
using KvCluster.Node.Storage.Native;
using KvCluster.Protocol.Identity;
using KvCluster.Tests.Storage.Segments;

namespace KvCluster.Tests.Storage;

/// <summary>A store of format 1 has its log in a column family; it is opened like any other.</summary>
public sealed class LogColumnTests : IDisposable
{
    private readonly DataFolder _folder = new();

    private string Store => _folder.Sub("store");

    [Fact]
    public void LogOfFormat1_IsMoved_AndGoesOn()
    {
        var entries = LogEntries.Range(3, 101, 2_500).Concat(LogEntries.Range(4, 2_501, 2_600)).ToArray();
        Write(entries, hasBase: true);
        using (var storage = new DiskStorage(Store))
        {
            Check(storage.DescribeLog(), storage.ReadLog(new LogIndex(101), int.MaxValue), entries);
            storage.AppendLog(null, [LogEntries.Of(5, 2_601)]);
            storage.SyncLog();
        }

        using var again = new DiskStorage(Store);
        Check(again.DescribeLog(), again.ReadLog(new LogIndex(101), int.MaxValue), [.. entries, LogEntries.Of(5, 2_601)]);

        static void Check(LogDescription log, IReadOnlyList<LogEntry> found, LogEntry[] expected)
        {
            LogEntries.AssertSame(expected, found);
            Assert.Equal((101, new Epoch(2), expected[^1].Revision), (log.First.Value, log.Base, log.LastRevision));
            Assert.Equal([new EpochStart(new Epoch(3), new LogIndex(101)), new EpochStart(new Epoch(4), new LogIndex(2_501))], log.EpochStarts[..2]);
        }
    }

    [Fact]
    public void MoveThatWasInterrupted_BeginsAnew()
    {
        var entries = LogEntries.Range(1, 1, 50);
        Write(entries, hasBase: false);
        File.WriteAllBytes(Path.Combine(Store, "log-0-0000000001.segment"), new byte[100]);
        using var storage = new DiskStorage(Store);
        LogEntries.AssertSame(entries, storage.ReadLog(new LogIndex(1), int.MaxValue));
    }

    [Fact]
    public void DamagedRowOrGap_IsDamage()
    {
        Write([.. LogEntries.Range(1, 1, 50), LogEntries.Of(1, 52)], hasBase: false);
        Assert.Equal(StorageFailure.Corrupt, Assert.Throws<StorageException>(() => new DiskStorage(Store)).Failure);
        Write([LogEntries.Of(1, 51)], hasBase: false, spoil: row => row[^1] ^= 1);
        Assert.Equal(StorageFailure.Corrupt, Assert.Throws<StorageException>(() => new DiskStorage(Store)).Failure);
    }

    public void Dispose() => _folder.Dispose();

    private void Write(LogEntry[] entries, bool hasBase, Action<byte[]>? spoil = null)
    {
        Directory.CreateDirectory(Store);
        using var database = new RocksDatabase(Store, ["log", "meta"]);
        using var batch = new RocksBatch();
        foreach (var entry in entries)
        {
            var key = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(key, entry.Index.Value);
            var row = Row(key, entry);
            spoil?.Invoke(row);
            batch.Put(database.Family("log"), key, row);
        }

        if (hasBase)
        {
            var position = new byte[24];
            BinaryPrimitives.WriteInt64LittleEndian(position, 2);
            BinaryPrimitives.WriteInt64LittleEndian(position.AsSpan(8), 100);
            BinaryPrimitives.WriteInt64LittleEndian(position.AsSpan(16), 100);
            batch.Put(database.Family("meta"), "log-base"u8, position);
        }

        database.Write(batch, RocksDurability.Synced);
    }

    // Format 1, epoch, revision, kind, CRC-32 of key and row without it, payload.
    private static byte[] Row(byte[] key, LogEntry entry)
    {
        var row = new byte[22 + entry.Payload.Length];
        row[0] = 1;
        BinaryPrimitives.WriteInt64LittleEndian(row.AsSpan(1), entry.Epoch.Value);
        BinaryPrimitives.WriteUInt64LittleEndian(row.AsSpan(9), entry.Revision.Value);
        row[17] = (byte)entry.Kind;
        entry.Payload.CopyTo(row.AsMemory(22));
        byte[] summed = [.. key, .. row[..18], .. row[22..]];
        BinaryPrimitives.WriteUInt32LittleEndian(row.AsSpan(18), Crc32.HashToUInt32(summed));
        return row;
    }
}

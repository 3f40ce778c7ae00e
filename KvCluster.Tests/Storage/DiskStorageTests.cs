using System.Text;
using KvCluster.Core.Log;
using KvCluster.Core.State;
using KvCluster.Node.Storage;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Storage;

public sealed class DiskStorageTests : IDisposable
{
    private readonly DataFolder _folder = new();

    [Fact]
    public void Log_AfterRestart_HoldsWhatWasSynced()
    {
        using (var storage = Open())
        {
            storage.AppendLog(null, Entries(1, 1, 100));
            storage.AppendLog(null, Entries(2, 101, 150));
            storage.SyncLog();
        }

        using var again = Open();
        var log = again.DescribeLog();
        Assert.Equal((1, 150), (log.First.Value, log.Last.Value));
        Assert.Equal([new EpochStart(new Epoch(1), new LogIndex(1)), new EpochStart(new Epoch(2), new LogIndex(101))], log.EpochStarts);
        Assert.Equal(new Revision(150), log.LastRevision);
        var entries = again.ReadLog(new LogIndex(1), int.MaxValue);
        Assert.Equal(150, entries.Count);
        Assert.Equal("entry 77", Encoding.UTF8.GetString(entries[76].Payload.Span));
    }

    [Fact]
    public void Log_InACrashImage_HoldsWhatWasSynced()
    {
        using var storage = Open();
        storage.AppendLog(null, Entries(1, 1, 1_000));
        storage.SyncLog();
        using var after = new DiskStorage(_folder.CrashImage(_folder.Sub("store"), "crash"));
        Assert.Equal(1_000, after.DescribeLog().Last.Value);
        Assert.Equal(1_000, after.ReadLog(new LogIndex(1), int.MaxValue).Count);
    }

    [Fact]
    public void LogThatEndsBeforeTheState_IsDamage()
    {
        using var storage = Open();
        storage.AppendLog(null, Entries(1, 1, 10));
        Apply(storage, 11, ("a", "1"));
        storage.FlushState();
        Assert.Equal(StorageFailure.Corrupt, Assert.Throws<StorageException>(storage.DescribeLog).Failure);
    }

    [Fact]
    public void Append_WithTruncation_ReplacesTheTail()
    {
        using var storage = Open();
        storage.AppendLog(null, Entries(1, 1, 20));
        storage.AppendLog(new LogIndex(11), Entries(3, 11, 12));
        storage.SyncLog();
        var log = storage.DescribeLog();
        Assert.Equal(12, log.Last.Value);
        Assert.Equal([new EpochStart(new Epoch(1), new LogIndex(1)), new EpochStart(new Epoch(3), new LogIndex(11))], log.EpochStarts);
        Assert.Equal(12, storage.ReadLog(new LogIndex(1), int.MaxValue).Count);
    }

    [Fact]
    public void Trim_GoesNoFurtherThanTheStateOnDisk()
    {
        using var storage = Open();
        storage.AppendLog(null, Entries(4, 1, 50));
        storage.SyncLog();
        Apply(storage, 30, ("a", "1"));
        storage.TrimLog(new LogIndex(30));
        Assert.Equal(1, storage.DescribeLog().First.Value);
        storage.FlushState();
        storage.TrimLog(new LogIndex(40));
        var log = storage.DescribeLog();
        Assert.Equal((31, new Epoch(4)), (log.First.Value, log.Base));
        Assert.Equal(20, storage.ReadLog(new LogIndex(31), int.MaxValue).Count);
    }

    [Fact]
    public void ReadLog_StopsAtTheByteLimit_ButGivesAtLeastOne()
    {
        using var storage = Open();
        storage.AppendLog(null, Entries(1, 1, 50));
        Assert.Single(storage.ReadLog(new LogIndex(7), 1));
        Assert.InRange(storage.ReadLog(new LogIndex(1), 200).Count, 2, 10);
        Assert.Empty(storage.ReadLog(new LogIndex(51), 1_000));
    }

    [Fact]
    public void State_WithoutFlush_GoesBackInACrash_TogetherWithItsIndex()
    {
        using var storage = Open();
        Apply(storage, 1, ("a", "1"));
        storage.FlushState();
        Apply(storage, 2, ("a", "2"), ("b", "2"));
        Assert.Equal((2, 1), (storage.Applied.Value, storage.DurableApplied.Value));
        using var after = new DiskStorage(_folder.CrashImage(_folder.Sub("store"), "crash"));
        Assert.Equal(1, after.Applied.Value);
        Assert.Equal("1", Text(after.State.Get("a"u8)));
        Assert.Null(after.State.Get("b"u8));
    }

    [Fact]
    public void Batch_ReadsItsOwnWrites_AndNobodyElseDoesBeforeTheCommit()
    {
        using var storage = Open();
        Apply(storage, 1, ("a", "1"), ("b", "1"));
        var batch = storage.BeginBatch();
        batch.Put("b"u8, "2"u8);
        batch.Put("c"u8, "2"u8);
        batch.Delete("a"u8);
        Assert.Null(batch.Get("a"u8));
        Assert.Equal(["b", "c"], batch.Scan("a"u8, "z"u8, 10).Select(row => Text(row.Key)));
        Assert.Equal(["a", "b"], storage.State.Scan("a"u8, "z"u8, 10).Select(row => Text(row.Key)));
        storage.CommitBatch(batch, new LogIndex(2));
        Assert.Equal(["b", "c"], storage.State.Scan("a"u8, "z"u8, 10).Select(row => Text(row.Key)));
        Span<byte> first = stackalloc byte[1];
        Assert.Equal(1, storage.State.Read("b"u8, first));
        Assert.Equal((byte)'2', first[0]);
        Assert.Equal(-1, storage.State.Read("a"u8, first));
    }

    [Fact]
    public void Snapshot_Installed_ReplacesStateAndLog_AlsoAfterRestart()
    {
        using var source = new DiskStorage(_folder.Sub("source"));
        Apply(source, 500, [.. Enumerable.Range(0, 300).Select(i => ($"key {i:000}", $"value {i}"))]);
        var id = new SnapshotId(0, new Epoch(7), new LogIndex(500), Guid.NewGuid());
        using (var target = Open())
        {
            target.AppendLog(null, Entries(2, 1, 40));
            Apply(target, 40, ("old", "row"));
            var readerFromBefore = target.State;
            using (var half = target.BeginStaging(id)) Copy(source, half, chunksMax: 3);
            using var staging = target.BeginStaging(id);
            Assert.Equal(3, staging.Chunks);
            Copy(source, staging, chunksMax: int.MaxValue);
            Assert.Equal("row", Text(target.State.Get("old"u8)));
            staging.Install(new Revision(9_000));
            Assert.Null(readerFromBefore.Get("old"u8));
            Assert.Equal("value 7", Text(readerFromBefore.Get("key 007"u8)));
            Check(target);
        }

        using var again = Open();
        Check(again);

        void Check(DiskStorage storage)
        {
            Assert.Null(storage.State.Get("old"u8));
            Assert.Equal("value 299", Text(storage.State.Get("key 299"u8)));
            Assert.Equal(300, storage.State.Scan("key"u8, "kez"u8, 1_000).Count);
            var log = storage.DescribeLog();
            Assert.Equal((501, 500, new Epoch(7), new Revision(9_000)), (log.First.Value, log.Last.Value, log.Base, log.LastRevision));
            Assert.Equal((500, 500), (storage.Applied.Value, storage.DurableApplied.Value));
        }
    }

    [Fact]
    public void FlippedByteInATable_IsAnError_NeverAShorterScan()
    {
        using (var storage = Open())
        {
            Apply(storage, 1, [.. Enumerable.Range(0, 5_000).Select(i => ($"key {i:00000}", new string('v', 50)))]);
            storage.FlushState();
        }

        var table = Directory.EnumerateFiles(_folder.Sub("store"), "*.sst").OrderByDescending(file => new FileInfo(file).Length).First();
        var bytes = File.ReadAllBytes(table);
        bytes[bytes.Length / 2] ^= 0xFF;
        File.WriteAllBytes(table, bytes);
        var failure = Assert.Throws<StorageException>(() =>
        {
            using var storage = Open();
            storage.State.Scan("key"u8, "kez"u8, 10_000);
        });
        Assert.Equal(StorageFailure.Corrupt, failure.Failure);
    }

    [Fact]
    public void OpenTwice_IsRefusedAsInUse()
    {
        using var storage = Open();
        Assert.Equal(StorageFailure.InUse, Assert.Throws<StorageException>(Open).Failure);
    }

    public void Dispose() => _folder.Dispose();

    private DiskStorage Open() => new(_folder.Sub("store"));

    private static LogEntry[] Entries(int epoch, int from, int to) =>
    [
        .. Enumerable.Range(from, to - from + 1).Select(i =>
            new LogEntry(new Epoch(epoch), new LogIndex(i), new Revision((ulong)i), EntryKind.Command, Encoding.UTF8.GetBytes($"entry {i}"))),
    ];

    private static void Apply(DiskStorage storage, int index, params (string Key, string Value)[] rows)
    {
        var batch = storage.BeginBatch();
        foreach (var (key, value) in rows) batch.Put(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value));
        storage.CommitBatch(batch, new LogIndex(index));
    }

    private static void Copy(DiskStorage source, ISnapshotStaging target, int chunksMax)
    {
        using var snapshot = source.OpenSnapshot();
        byte[]? after = [];
        for (var number = 0; number < chunksMax && after is not null; number++)
        {
            (var chunk, after) = snapshot.ReadChunk(after, 1_000);
            if (number >= target.Chunks) target.Add(chunk.Span);
        }
    }

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);
}

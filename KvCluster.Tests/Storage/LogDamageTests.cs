using System.Text;
using KvCluster.Core.Log;
using KvCluster.Core.State;
using KvCluster.Node.Storage;
using KvCluster.Protocol.Identity;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.Storage;

/// <summary>A log that lost what was synced says so; one that lost what was never synced, or was cut on purpose, does not.</summary>
public sealed class LogDamageTests : IDisposable
{
    private const int BytesAtATime = 64 << 10;
    private readonly DataFolder _folder = new();

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.95)]
    public void FlippedByteInTheLog_IsDamage(double place)
    {
        using var storage = Open("store");
        for (var group = 0; group < 20; group++)
        {
            storage.AppendLog(null, Entries(1, (group * 50) + 1, (group + 1) * 50));
            storage.SyncLog();
        }

        var image = _folder.CrashImage(_folder.Sub("store"), "crash");
        Flip(Segment(image), place);

        AssertIsDamaged(image);
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(7, 6)]
    [InlineData(19, 5)]
    [InlineData(19, 7)]
    [InlineData(19, 8)]
    [InlineData(19, 11)]
    public void RecordWhoseTypeBecameOneOfRecycledFiles_IsDamage_AndNoEndlessRecovery(int record, byte type)
    {
        using var storage = Open("store");
        for (var fact = 0; fact < 20; fact++) storage.WriteMeta($"fact {fact}", [1, 2, 3]);
        var image = _folder.CrashImage(_folder.Sub("store"), "crash");
        var bytes = File.ReadAllBytes(WriteAheadLog(image));
        var at = 0;
        for (var i = 0; i < record; i++) at += 7 + BitConverter.ToUInt16(bytes, at + 4);
        Assert.Equal(1, bytes[at + 6]);
        bytes[at + 6] = type;
        File.WriteAllBytes(WriteAheadLog(image), bytes);

        AssertIsDamaged(image);
    }

    [Fact]
    public void DamageIsStillKnown_AtTheSecondStart()
    {
        using var storage = Open("store");
        storage.AppendLog(null, Entries(1, 1, 1_000));
        storage.SyncLog();
        var image = _folder.CrashImage(_folder.Sub("store"), "crash");
        Flip(Segment(image), 0.5);

        // The first recovery drops what it could not read, so that the second one finds nothing wrong by itself.
        using (var first = new DiskStorage(image)) Assert.Throws<StorageException>(first.DescribeLog);
        using var second = new DiskStorage(image);
        Assert.Throws<StorageException>(second.DescribeLog);
    }

    [Fact]
    public void TailThatWasNeverSynced_MayGo()
    {
        using var storage = Open("store");
        storage.AppendLog(null, Entries(1, 1, 100));
        storage.SyncLog();
        var synced = new FileInfo(Segment(_folder.Sub("store"))).Length;
        storage.AppendLog(null, Entries(1, 101, 200));
        var image = _folder.CrashImage(_folder.Sub("store"), "crash");
        using (var file = File.OpenWrite(Segment(image))) file.SetLength(synced + 20);

        using var after = new DiskStorage(image);
        Assert.Equal(100, after.DescribeLog().Last.Value);
    }

    [Fact]
    public void LogThatWasCut_IsNoDamage_AlsoWhenTheCutItselfIsLost()
    {
        using var storage = Open("store");
        storage.AppendLog(null, Entries(1, 1, 100));
        storage.SyncLog();
        storage.AppendLog(new LogIndex(51), []);
        using (var after = new DiskStorage(_folder.CrashImage(_folder.Sub("store"), "cut"))) Assert.Equal(50, after.DescribeLog().Last.Value);

        storage.AppendLog(null, Entries(2, 51, 60));
        storage.SyncLog();
        using var longer = new DiskStorage(_folder.CrashImage(_folder.Sub("store"), "longer"));
        Assert.Equal(60, longer.DescribeLog().Last.Value);
    }

    [Fact]
    public void SnapshotBelowTheOldLog_IsNoDamage()
    {
        using var storage = Open("store");
        storage.AppendLog(null, Entries(1, 1, 100));
        storage.SyncLog();
        using (var staging = storage.BeginStaging(new SnapshotId(1, new Epoch(2), new LogIndex(30), Guid.NewGuid()))) staging.Install(new Revision(30));
        using var after = new DiskStorage(_folder.CrashImage(_folder.Sub("store"), "crash"));
        Assert.Equal(30, after.DescribeLog().Last.Value);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void MarkThatCannotBeRead_AsksForNothing(int bytes)
    {
        using (var storage = Open("store"))
        {
            storage.AppendLog(null, Entries(1, 1, 10));
            storage.SyncLog();
        }

        File.WriteAllBytes(Path.Combine(_folder.Sub("store"), "SYNCED"), new byte[bytes]);
        using var after = Open("store");
        Assert.Equal(10, after.DescribeLog().Last.Value);
    }

    [Fact]
    public void FullDisk_IsNamed_AndWhatWasSyncedIsThereAfterwards()
    {
        var folder = _folder.Sub("small");
        using var disk = MemoryDisk.Mount(folder, mebibytes: 48);
        long synced = 0;
        using (var storage = new DiskStorage(Path.Combine(folder, "store")))
        {
            var failure = Assert.Throws<StorageException>(() =>
            {
                for (var index = 1; index < 10_000; index++)
                {
                    storage.AppendLog(null, [new LogEntry(new Epoch(1), new LogIndex(index), new Revision((ulong)index), EntryKind.Command, new byte[BytesAtATime])]);
                    storage.SyncLog();
                    synced = index;
                }
            });
            Assert.Equal(StorageFailure.DiskFull, failure.Failure);
        }

        SystemCommand.Run("mount", "-o", "remount,size=256m", folder);
        using var after = new DiskStorage(Path.Combine(folder, "store"));
        Assert.InRange(after.DescribeLog().Last.Value, synced, synced + 1);
        Assert.Equal(synced, after.ReadLog(new LogIndex(1), int.MaxValue).Count(entry => entry.Index.Value <= synced));
    }

    [Fact]
    public void FailedConstructor_LeavesTheFolderUnlocked()
    {
        using (var storage = Open("store")) storage.AppendLog(null, Entries(1, 1, 10));
        var mark = Path.Combine(_folder.Sub("store"), "SYNCED");
        File.Delete(mark);
        Directory.CreateDirectory(mark);
        Assert.Throws<StorageException>(() => Open("store"));
        Directory.Delete(mark);
        using var after = Open("store");
        Assert.Equal(10, after.DescribeLog().Last.Value);
    }

    public void Dispose() => _folder.Dispose();

    private static void AssertIsDamaged(string store)
    {
        var failure = Assert.Throws<StorageException>(() =>
        {
            using var storage = new DiskStorage(store);
            return storage.DescribeLog();
        });
        Assert.Equal(StorageFailure.Corrupt, failure.Failure);
    }

    private DiskStorage Open(string name) => new(_folder.Sub(name));

    private static string Segment(string store) => Directory.EnumerateFiles(store, "log-*").Single();
    private static string WriteAheadLog(string store) => Directory.EnumerateFiles(store, "*.log").MaxBy(file => new FileInfo(file).Length)!;

    private static void Flip(string file, double place)
    {
        var bytes = File.ReadAllBytes(file);
        bytes[(int)(bytes.Length * place)] ^= 0x04;
        File.WriteAllBytes(file, bytes);
    }

    private static LogEntry[] Entries(int epoch, int from, int to) =>
    [
        .. Enumerable.Range(from, to - from + 1).Select(i =>
            new LogEntry(new Epoch(epoch), new LogIndex(i), new Revision((ulong)i), EntryKind.Command, Encoding.UTF8.GetBytes($"entry {i}"))),
    ];
}

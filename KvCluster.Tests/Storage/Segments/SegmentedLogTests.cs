using KvCluster.Core.Log;
using KvCluster.Node.Storage;
using KvCluster.Node.Storage.Segments;
using KvCluster.Protocol.Identity;
using KvCluster.Tests.Processes;

namespace KvCluster.Tests.Storage.Segments;

public sealed class SegmentedLogTests : IDisposable
{
    private const long Capacity = 64 << 10;
    private readonly DataFolder _folder = new();

    [Fact]
    public void ManySegments_AreOneLog_AlsoAfterAReopening()
    {
        var entries = LogEntries.Range(1, 1, 4_000, padding: 100).Concat(LogEntries.Range(2, 4_001, 6_000, padding: 100)).ToArray();
        using (var log = Open())
        {
            foreach (var group in entries.Chunk(37)) log.Append(null, group);
            log.Sync();
            Check(log);
        }

        Assert.InRange(Files().Length, 8, 40);
        using var again = Open();
        Check(again);

        void Check(SegmentedLog log)
        {
            LogEntries.AssertSame(entries, log.Read(new LogIndex(1), int.MaxValue));
            foreach (var from in new[] { 2, 31, 32, 33, 3_999, 4_000, 5_999 }) LogEntries.AssertSame(entries[(from - 1)..], log.Read(new LogIndex(from), int.MaxValue));
            Assert.Single(log.Read(new LogIndex(700), 1));
            Assert.Empty(log.Read(new LogIndex(6_001), 1));
            var description = log.Describe();
            Assert.Equal((1, 6_000, 6_000UL), (description.First.Value, description.Last.Value, description.LastRevision.Value));
            Assert.Equal([new EpochStart(new Epoch(1), new LogIndex(1)), new EpochStart(new Epoch(2), new LogIndex(4_001))], description.EpochStarts);
        }
    }

    [Theory]
    [InlineData(6_000)]
    [InlineData(3_000)]
    [InlineData(33)]
    [InlineData(32)]
    [InlineData(1)]
    public void Cut_WhereverItIs_LeavesWhatWasBefore_AndTheNewTailFollows(int from)
    {
        using (var log = Open())
        {
            foreach (var group in LogEntries.Range(1, 1, 6_000, padding: 100).Chunk(50)) log.Append(null, group);
            log.Sync();
            log.Append(new LogIndex(from), []);
            using (var cut = SegmentedLog.Open(_folder.CrashImage(Store, "cut"), 0, Capacity)) LogEntries.AssertSame(LogEntries.Range(1, 1, from - 1, padding: 100), cut.Read(new LogIndex(1), int.MaxValue));
            log.Append(null, LogEntries.Range(2, from, from + 10, padding: 100));
            log.Sync();
            Check(log);
        }

        using var again = Open();
        Check(again);

        void Check(SegmentedLog log)
        {
            LogEntries.AssertSame(LogEntries.Range(1, 1, from - 1, padding: 100).Concat(LogEntries.Range(2, from, from + 10, padding: 100)), log.Read(new LogIndex(1), int.MaxValue));
            Assert.Equal(new EpochStart(new Epoch(2), new LogIndex(from)), log.Describe().EpochStarts[^1]);
        }
    }

    [Fact]
    public void WhatWasCut_NeverFollowsWhatCameInItsPlace()
    {
        // The new record ends where the old one did, and the old one behind it is of the right index and of no lower epoch.
        using (var log = Open())
        {
            log.Append(null, [LogEntries.Of(1, 1), LogEntries.Of(1, 2), LogEntries.Of(3, 3)]);
            log.Sync();
            log.Append(new LogIndex(2), [LogEntries.Of(2, 2)]);
            log.Sync();
        }

        using var again = Open();
        LogEntries.AssertSame([LogEntries.Of(1, 1), LogEntries.Of(2, 2)], again.Read(new LogIndex(1), int.MaxValue));
    }

    [Fact]
    public async Task TrimmedSegments_BecomeTheNextOnes_AndWhatTheyHeldNeverComesBack()
    {
        using (var log = Open())
        {
            for (var round = 0; round < 20; round++)
            {
                foreach (var group in LogEntries.Range(1, (round * 1_000) + 1, (round + 1) * 1_000, padding: 100).Chunk(50)) log.Append(null, group);
                log.Sync();
                log.Trim(new LogIndex((round * 1_000) + 900));
                Assert.Empty(log.Read(new LogIndex((round * 1_000) + 900), 1));
            }

            await TestCluster.PollAsync("files are kept ready", () => Task.FromResult(Directory.EnumerateFiles(Store, "spare-*").Any()));
            Assert.Equal((19_901, 1), (log.Describe().First.Value, log.Describe().Base.Value));
        }

        // Whole segments are trimmed: after a reopening a few entries are there that nobody needs.
        using var again = Open();
        var first = again.Describe().First.Value;
        Assert.InRange(first, 19_000, 19_901);
        LogEntries.AssertSame(LogEntries.Range(1, first, 20_000, padding: 100), again.Read(new LogIndex(first), int.MaxValue));
        Assert.Contains(Files(), file => file.Length == Capacity);
    }

    [Fact]
    public void EntryLargerThanASegment_HasOneOfItsOwn()
    {
        var entries = new[] { LogEntries.Of(1, 1), LogEntries.Of(1, 2, (int)Capacity * 3), LogEntries.Of(1, 3) };
        using (var log = Open())
        {
            log.Append(null, entries);
            log.Sync();
            LogEntries.AssertSame(entries, log.Read(new LogIndex(1), int.MaxValue));
        }

        using var again = Open();
        LogEntries.AssertSame(entries, again.Read(new LogIndex(1), int.MaxValue));
    }

    [Fact]
    public void FlippedBits_AreNeverReadAsEntries()
    {
        var entries = LogEntries.Range(1, 1, 3_000, padding: 60);
        using (var log = Open())
        {
            foreach (var group in entries.Chunk(40)) log.Append(null, group);
            log.Sync();
        }

        var random = new Random(3);
        for (var round = 0; round < 200; round++)
        {
            var image = _folder.CrashImage(Store, $"flip-{round}");
            var file = random.GetItems(Directory.GetFiles(image, "log-*"), 1)[0];
            var bytes = File.ReadAllBytes(file);
            bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(file, bytes);
            var found = ReadAll(image);
            if (found is not null) LogEntries.AssertSame(entries.Take(found.Count), found);
            Directory.Delete(image, recursive: true);
        }

        static IReadOnlyList<LogEntry>? ReadAll(string image)
        {
            try
            {
                using var log = SegmentedLog.Open(image, 0, Capacity);
                return log.Read(new LogIndex(1), int.MaxValue);
            }
            catch (StorageException damaged) when (damaged.Failure == StorageFailure.Corrupt)
            {
                return null;
            }
        }
    }

    [Fact]
    public void DamageBehindTheOpening_IsFoundWhenItIsRead()
    {
        using var log = Open();
        log.Append(null, LogEntries.Range(1, 1, 100));
        log.Sync();
        var file = Files()[0].FullName;
        var bytes = File.ReadAllBytes(file);
        bytes[SegmentHeader.Bytes + 1_000] ^= 1;
        using (var target = File.OpenHandle(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) RandomAccess.Write(target, bytes, 0);
        Assert.Equal(StorageFailure.Corrupt, Assert.Throws<StorageException>(() => log.Read(new LogIndex(1), int.MaxValue)).Failure);
    }

    [Fact]
    public void MissingFirstSegment_IsDamage()
    {
        using (var log = Open())
        {
            foreach (var group in LogEntries.Range(1, 1, 3_000, padding: 60).Chunk(40)) log.Append(null, group);
            log.Sync();
        }

        File.WriteAllBytes(Files()[0].FullName, new byte[Capacity]);
        Assert.Equal(StorageFailure.Corrupt, Assert.Throws<StorageException>(Open).Failure);
    }

    [Fact]
    public async Task ReadsBesideAppendsCutsAndTrims_SeeTheLogAsItWas()
    {
        using var log = Open();
        var trimmed = 0L;
        var stop = false;
        var readers = Enumerable.Range(0, 2).Select(seed => Task.Run(() => ReadOn(new Random(seed)))).ToArray();
        var random = new Random(17);
        for (long round = 1, epoch = 1; round <= 3_000; round++)
        {
            var next = log.Last.Value + 1;
            log.Append(null, LogEntries.Range(epoch, next, next + random.Next(1, 40), padding: random.Next(200)));
            if (random.Next(20) == 0)
            {
                epoch++;
                log.Append(new LogIndex(Math.Max(trimmed + 1, log.Last.Value - random.Next(300))), []);
            }

            if (random.Next(30) == 0) log.Trim(new LogIndex(trimmed = Math.Max(trimmed, log.Last.Value - random.Next(1, 2_000))));
        }

        Volatile.Write(ref stop, true);
        await Task.WhenAll(readers);

        void ReadOn(Random own)
        {
            while (!Volatile.Read(ref stop))
            {
                var from = Math.Max(1, log.Describe().Last.Value - own.Next(2_500));
                var entries = log.Read(new LogIndex(from), 20_000);
                for (var i = 0; i < entries.Count; i++)
                {
                    Assert.Equal(from + i, entries[i].Index.Value);
                    Assert.StartsWith($"{entries[i].Epoch.Value}/{entries[i].Index.Value}", System.Text.Encoding.UTF8.GetString(entries[i].Payload.Span), StringComparison.Ordinal);
                }
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    private string Store => Directory.CreateDirectory(_folder.Sub("store")).FullName;

    private SegmentedLog Open() => SegmentedLog.Open(Store, 0, Capacity);

    private FileInfo[] Files() => [.. new DirectoryInfo(Store).GetFiles("log-*").OrderBy(file => file.Name, StringComparer.Ordinal)];
}

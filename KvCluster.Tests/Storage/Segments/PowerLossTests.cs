using KvCluster.Core.Log;
using KvCluster.Node.Storage.Segments;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Storage.Segments;

/// <summary>
/// A power loss leaves of each block that was written since the last sync what it was or what it became. Whatever that makes of the files, the log
/// that is opened afterwards holds every entry that was synced, perhaps some that were not, and never anything else.
/// </summary>
public sealed class PowerLossTests : IDisposable
{
    private const long Capacity = 16 << 10;
    private const int BlockBytes = 512;
    private readonly DataFolder _folder = new();
    private readonly List<LogEntry> _entries = [];
    private Dictionary<string, byte[]> _durable = [];
    private int _synced;
    private int _trimmed;
    private long _epoch = 1;

    private string Store => Directory.CreateDirectory(_folder.Sub("store")).FullName;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void WhateverIsLeft_TheLogHoldsWhatWasSynced(int seed)
    {
        var random = new Random(seed);
        var log = SegmentedLog.Open(Store, 0, Capacity);
        Remember();
        for (var step = 0; step < 1_500; step++)
        {
            switch (random.Next(12))
            {
                case < 6: Append(log, random); break;
                case < 9:
                    log.Sync();
                    Remember();
                    break;
                case 9 when random.Next(3) == 0: Cut(log, random); break;
                case 10:
                    log.Trim(new LogIndex(_trimmed = random.Next(_trimmed, _synced + 1)));
                    break;
                case 11 when random.Next(4) == 0:
                    Check(PowerLoss(random, $"{step}"));
                    break;
            }

            // What a process finds that is started again after it was killed: everything.
            if (random.Next(100) != 0) continue;
            log.Dispose();
            log = SegmentedLog.Open(Store, 0, Capacity);
            Assert.Equal(_entries.Count, log.Last.Value);
        }

        log.Dispose();
    }

    public void Dispose() => _folder.Dispose();

    private void Append(SegmentedLog log, Random random)
    {
        var group = LogEntries.Range(_epoch, _entries.Count + 1, _entries.Count + random.Next(1, 20), padding: random.Next(10) == 0 ? random.Next(5_000) : random.Next(150));
        log.Append(null, group);
        _entries.AddRange(group);
    }

    // A cut is durable by itself.
    private void Cut(SegmentedLog log, Random random)
    {
        var keep = random.Next(_trimmed, _entries.Count + 1);
        log.Append(new LogIndex(keep + 1), []);
        _entries.RemoveRange(keep, _entries.Count - keep);
        _epoch++;
        Remember();
    }

    private void Remember()
    {
        _synced = _entries.Count;
        _durable = Directory.EnumerateFiles(Store).Where(IsWhole).ToDictionary(path => Path.GetFileName(path), File.ReadAllBytes);
    }

    private static bool IsWhole(string path) => !path.EndsWith(".tmp", StringComparison.Ordinal);

    private string PowerLoss(Random random, string name)
    {
        var image = Directory.CreateDirectory(_folder.Sub($"loss-{name}")).FullName;
        foreach (var path in Directory.EnumerateFiles(Store).Where(IsWhole).ToArray())
        {
            var now = File.ReadAllBytes(path);

            // A new name may be that of any file that was there before.
            var before = _durable.TryGetValue(Path.GetFileName(path), out var same) ? same : random.GetItems([.. _durable.Values, []], 1)[0];
            var kept = same is not null ? 0 : SegmentHeader.Bytes;
            var left = (byte[])now.Clone();
            for (var at = kept; at < left.Length; at += BlockBytes)
            {
                if (random.Next(2) == 0) continue;
                var block = left.AsSpan(at, Math.Min(BlockBytes, left.Length - at));
                block.Clear();
                if (at < before.Length) before.AsSpan(at, Math.Min(block.Length, before.Length - at)).CopyTo(block);
            }

            File.WriteAllBytes(Path.Combine(image, Path.GetFileName(path)), left);
        }

        return image;
    }

    private void Check(string image)
    {
        using (var log = SegmentedLog.Open(image, 0, Capacity))
        {
            var description = log.Describe();
            Assert.InRange(description.First.Value, 1, _trimmed + 1);
            Assert.InRange(description.Last.Value, _synced, _entries.Count);
            var found = log.Read(description.First, int.MaxValue);
            LogEntries.AssertSame(_entries.Take((int)description.Last.Value).Skip((int)description.First.Value - 1), found);

            // It goes on from there.
            log.Append(null, LogEntries.Range(_epoch + 1, description.Last.Value + 1, description.Last.Value + 50));
            log.Sync();
        }

        using (var again = SegmentedLog.Open(image, 0, Capacity)) Assert.InRange(again.Last.Value, _synced + 50, _entries.Count + 50);
        Directory.Delete(image, recursive: true);
    }
}

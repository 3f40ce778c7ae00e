using System.Buffers.Binary;
using KvCluster.Core.State;
using KvCluster.Node.Storage;

namespace KvCluster.Tests.Storage;

public class RowCacheTests
{
    private const int RingBytes = 64 << 10;
    private readonly RowCache _cache = new(RingBytes);

    [Fact]
    public void Row_Added_IsReadWholeAndInPart()
    {
        _cache.Add(Row(1), Value(7, 100), _cache.Moment);
        Span<byte> head = stackalloc byte[8];

        Assert.Equal(Value(7, 100), _cache.Get(Row(1)));
        Assert.Equal(100, _cache.Read(Row(1), head));
        Assert.Equal(Value(7, 100)[..8], head.ToArray());
        Assert.Null(_cache.Get(Row(2)));
        Assert.Equal(-1, _cache.Read(Row(2), head));
    }

    [Fact]
    public void Row_OneLapLater_IsGone()
    {
        var moment = _cache.Moment;
        for (var i = 0; i < 2_000; i++) _cache.Add(Row(i), Value(i, 100), moment);

        Assert.Null(_cache.Get(Row(0)));
        for (var i = 1_900; i < 2_000; i++) Assert.Equal(Value(i, 100), _cache.Get(Row(i)));
    }

    [Fact]
    public void Row_LargerThanIsKept_StaysOutside()
    {
        _cache.Add(Row(1), new byte[RowCache.RowBytesMax + 1], _cache.Moment);
        Commit(Change(2, new byte[RowCache.RowBytesMax + 1]));

        Assert.Null(_cache.Get(Row(1)));
        Assert.Null(_cache.Get(Row(2)));
    }

    [Fact]
    public void Row_OfABatch_IsAwayUntilTheBatchEnds()
    {
        Commit(Change(1, Value(1, 50)));
        var changes = Change(1, Value(2, 50));

        _cache.Begin(changes);
        Assert.Null(_cache.Get(Row(1)));
        _cache.End(changes);

        Assert.Equal(Value(2, 50), _cache.Get(Row(1)));
        Commit(Change(1, null));
        Assert.Null(_cache.Get(Row(1)));
    }

    [Fact]
    public void Add_OfWhatWasReadBeforeOrWithinABatch_IsRefused()
    {
        var before = _cache.Moment;
        var changes = Change(1, Value(2, 50));
        _cache.Begin(changes);
        _cache.Add(Row(1), Value(1, 50), before);
        _cache.Add(Row(1), Value(1, 50), _cache.Moment);
        Assert.Null(_cache.Get(Row(1)));
        _cache.End(changes);
        _cache.Add(Row(1), Value(1, 50), before);

        Assert.Equal(Value(2, 50), _cache.Get(Row(1)));
    }

    [Fact]
    public void NoMemory_KeepsNothing()
    {
        var none = new RowCache(0);
        none.Add(Row(1), Value(1, 10), none.Moment);

        Assert.Null(none.Get(Row(1)));
    }

    // A small ring that is written round all the time under readers: what they get is whole, and no key ever goes back.
    [Fact]
    public async Task Readers_WhileRowsChangeAndTheRingLaps_NeverSeeAnOlderOrATornRow()
    {
        const int keys = 64;
        const int batches = 20_000;
        var cache = new RowCache(RowCache.RowBytesMax * 4);
        var database = new byte[keys][];
        for (var i = 0; i < keys; i++) database[i] = Value(0, 40);
        var isOver = false;
        var readers = Enumerable.Range(0, 3).Select(seed => Task.Factory.StartNew(() => Read(cache, database, seed, ref isOver), TaskCreationOptions.LongRunning)).ToArray();

        var random = new Random(1);
        for (var number = 1; number <= batches; number++)
        {
            var changes = new Dictionary<byte[], byte[]?>(RowComparer.Instance);
            var next = new List<(int Key, byte[] Value)>();
            for (var i = 0; i < 4; i++) next.Add((random.Next(keys), Value(number, 40 + random.Next(400))));
            foreach (var (key, value) in next) changes[Row(key)] = value;
            cache.Begin(changes);
            foreach (var (key, value) in next) Volatile.Write(ref database[key], value);
            cache.End(changes);
        }

        Volatile.Write(ref isOver, true);
        var hits = await Task.WhenAll(readers);
        Assert.All(hits, hit => Assert.True(hit > 0, "No reader found a row in memory: the test says nothing."));
    }

    private static long Read(RowCache cache, byte[][] database, int seed, ref bool isOver)
    {
        var random = new Random(seed + 2);
        var seen = new int[database.Length];
        long hits = 0;
        while (!Volatile.Read(ref isOver) || hits == 0)
        {
            var key = random.Next(database.Length);
            var moment = cache.Moment;
            var value = cache.Get(Row(key));
            if (value is not null) hits++;
            else cache.Add(Row(key), value = Volatile.Read(ref database[key]), moment);
            var number = BinaryPrimitives.ReadInt32LittleEndian(value);
            Assert.Equal(Value(number, value.Length), value);
            Assert.True(number >= seen[key], $"Key {key} was at {seen[key]} and is at {number} now.");
            seen[key] = number;
        }

        return hits;
    }

    private void Commit(Dictionary<byte[], byte[]?> changes)
    {
        _cache.Begin(changes);
        _cache.End(changes);
    }

    private static Dictionary<byte[], byte[]?> Change(int key, byte[]? value) => new(RowComparer.Instance) { [Row(key)] = value };

    private static byte[] Row(int key) => StateRow.Data(BitConverter.GetBytes(key));

    // Its number in front; every byte behind follows from it, so that a mixture of two values shows.
    private static byte[] Value(int number, int length)
    {
        var value = new byte[length];
        value.AsSpan().Fill((byte)(number * 31));
        BinaryPrimitives.WriteInt32LittleEndian(value, number);
        return value;
    }
}

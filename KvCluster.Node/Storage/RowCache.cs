using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using KvCluster.Core.State;

namespace KvCluster.Node.Storage;

/// <summary>Keys' rows that were read or written lately, in memory of a fixed size that the collector never looks into.</summary>
/// <remarks>
/// A ring of bytes that is written around and around, and a table that says where in it a row lies: what is older than one lap is gone
/// (log-structured, first in first out). Readers take no lock: they copy, and then look whether the writer had come round to what they
/// copied. Writers take one.
/// <para>
/// It never shows a row that the database does not hold. Before a batch is committed its rows leave the cache (<see cref="Begin"/>), so
/// that every reader asks the database and sees the commit at one moment; after it they come back (<see cref="End"/>). A reader may add
/// what it read from the database only if no batch was under way from before it read until it adds.
/// </para>
/// </remarks>
internal sealed class RowCache
{
    /// <summary>Larger rows cost more to copy than to look up.</summary>
    public const int RowBytesMax = 4 << 10;

    private const int Alignment = 8;
    private const int HeadBytes = 8;
    private const int BucketSlots = 8;
    private const int BytesPerSlot = 96;

    // A slot of the table: some bits of the row's hash, and the place in units of the alignment. No row lies at place zero.
    private const int TagShift = 48;
    private const long PlaceMask = (1L << TagShift) - 1;
    private readonly Lock _writing = new();
    private readonly long _seed = Random.Shared.NextInt64();
    private readonly byte[] _ring;
    private readonly long[] _table;
    private readonly int _first;
    private readonly ulong _bucketMask;

    // What ends before this place minus the ring's length has been or is being written over.
    private long _reserved;

    // Odd while a batch is being committed.
    private long _batches;

    /// <param name="bytes">Size of the ring, and of the table a sixth of that at most besides; below the size of a few rows nothing is kept.</param>
    public RowCache(int bytes)
    {
        _ring = LargePages.Advise(GC.AllocateUninitializedArray<byte>(bytes < RowBytesMax * 4 ? 0 : bytes & -Alignment, pinned: true));
        var buckets = BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, _ring.Length / BytesPerSlot / BucketSlots));

        // A bucket is a line of the processor's cache, no more than one if it begins where a line does.
        _table = LargePages.Advise(GC.AllocateArray<long>((int)(buckets + 1) * BucketSlots, pinned: true));
        _first = LargePages.OffsetOf(_table, BucketSlots * sizeof(long)) / sizeof(long);
        _bucketMask = buckets - 1;
        _reserved = _ring.Length;
    }

    /// <summary>Where batches stand; to be taken before the database is read, for <see cref="Add"/>.</summary>
    public long Moment => Volatile.Read(ref _batches);

    /// <summary>Only the rows that hold keys are kept here.</summary>
    public static bool IsOfKey(ReadOnlySpan<byte> row) => row[0] == StateRow.DataPrefix;

    /// <summary>Copies the row's first bytes into <paramref name="destination"/>.</summary>
    /// <returns>The row's whole length in bytes, or -1 when it is not here.</returns>
    public int Read(ReadOnlySpan<byte> row, Span<byte> destination)
    {
        var length = Find(row, out var place);
        if (length < 0) return -1;
        ValueAt(place, row.Length, Math.Min(length, destination.Length)).CopyTo(destination);
        return IsStill(place) ? length : -1;
    }

    /// <summary>The whole row, or nothing when it is not here.</summary>
    public byte[]? Get(ReadOnlySpan<byte> row)
    {
        var length = Find(row, out var place);
        if (length < 0) return null;
        var value = GC.AllocateUninitializedArray<byte>(length);
        ValueAt(place, row.Length, length).CopyTo(value);
        return IsStill(place) ? value : null;
    }

    /// <summary>Adds what the database holds, as a reader found it after <paramref name="moment"/>; perhaps not, when others are busy here.</summary>
    public void Add(ReadOnlySpan<byte> row, ReadOnlySpan<byte> value, long moment)
    {
        if ((moment & 1) != 0 || value.Length > RowBytesMax || !_writing.TryEnter()) return;
        try
        {
            if (_batches == moment) Insert(row, value);
        }
        finally
        {
            _writing.Exit();
        }
    }

    /// <summary>These rows are about to change.</summary>
    public void Begin(IReadOnlyDictionary<byte[], byte[]?> changes)
    {
        lock (_writing)
        {
            Volatile.Write(ref _batches, _batches + 1);
            foreach (var row in changes.Keys)
                if (IsOfKey(row)) Remove(row);
        }
    }

    /// <summary>They have changed. A batch that could not be committed never ends: then nothing is added any more.</summary>
    public void End(IReadOnlyDictionary<byte[], byte[]?> changes)
    {
        lock (_writing)
        {
            foreach (var (row, value) in changes)
                if (value is { Length: <= RowBytesMax } && IsOfKey(row)) Insert(row, value);
            Volatile.Write(ref _batches, _batches + 1);
        }
    }

    private int Find(ReadOnlySpan<byte> row, out long place)
    {
        var (bucket, tag) = Locate(row);
        for (var i = bucket; i < bucket + BucketSlots; i++)
        {
            var slot = Volatile.Read(ref _table[i]);
            if (slot == 0 || (slot & ~PlaceMask) != tag) continue;
            place = (slot & PlaceMask) * Alignment;
            var length = LengthAt(place, row);
            if (length >= 0) return length;
        }

        place = 0;
        return -1;
    }

    // What lies at a place may be written over while it is looked at: nothing read there counts unless it still stood afterwards.
    private int LengthAt(long place, ReadOnlySpan<byte> row)
    {
        var rest = _ring.AsSpan((int)(place % _ring.Length));
        var name = BinaryPrimitives.ReadInt32LittleEndian(rest);
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest[sizeof(int)..]);
        if (name != row.Length || rest.Length < HeadBytes + name || !row.SequenceEqual(rest.Slice(HeadBytes, name))) return -1;
        return IsStill(place) ? length : -1;
    }

    private bool IsStill(long place)
    {
        Volatile.ReadBarrier();
        return Volatile.Read(ref _reserved) <= place + _ring.Length;
    }

    private void Remove(ReadOnlySpan<byte> row)
    {
        var (bucket, tag) = Locate(row);
        for (var i = bucket; i < bucket + BucketSlots; i++)
            if (IsOf(_table[i], tag, row)) Volatile.Write(ref _table[i], 0);
    }

    // The place of the row's older self, else the oldest of the bucket.
    private void Insert(ReadOnlySpan<byte> row, ReadOnlySpan<byte> value)
    {
        if (_ring.Length == 0) return;
        var (bucket, tag) = Locate(row);
        var chosen = bucket;
        for (var i = bucket; i < bucket + BucketSlots; i++)
        {
            if (IsOf(_table[i], tag, row))
            {
                chosen = i;
                break;
            }

            if ((_table[i] & PlaceMask) < (_table[chosen] & PlaceMask)) chosen = i;
        }

        Volatile.Write(ref _table[chosen], tag | (Write(row, value) / Alignment));
    }

    private bool IsOf(long slot, long tag, ReadOnlySpan<byte> row) =>
        slot != 0 && (slot & ~PlaceMask) == tag && LengthAt((slot & PlaceMask) * Alignment, row) >= 0;

    private long Write(ReadOnlySpan<byte> row, ReadOnlySpan<byte> value)
    {
        var length = (HeadBytes + row.Length + value.Length + Alignment - 1) & -Alignment;
        var place = _reserved;
        var left = _ring.Length - (place % _ring.Length);
        if (left < length) place += left;

        // Before the bytes: who copies them now must find out that they did not stand.
        Volatile.Write(ref _reserved, place + length);
        Interlocked.MemoryBarrier();
        var target = _ring.AsSpan((int)(place % _ring.Length), length);
        BinaryPrimitives.WriteInt32LittleEndian(target, row.Length);
        BinaryPrimitives.WriteInt32LittleEndian(target[sizeof(int)..], value.Length);
        row.CopyTo(target[HeadBytes..]);
        value.CopyTo(target[(HeadBytes + row.Length)..]);
        return place;
    }

    private ReadOnlySpan<byte> ValueAt(long place, int rowLength, int length) => _ring.AsSpan((int)(place % _ring.Length) + HeadBytes + rowLength, length);

    private (int Bucket, long Tag) Locate(ReadOnlySpan<byte> row)
    {
        var hash = XxHash3.HashToUInt64(row, _seed);
        return (_first + ((int)(hash & _bucketMask) * BucketSlots), (long)(hash >> TagShift) << TagShift);
    }
}

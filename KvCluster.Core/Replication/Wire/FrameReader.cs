using System.Buffers.Binary;
using KvCluster.Core.Log;
using KvCluster.Core.State;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Wire;

/// <summary>Little-endian reading with every length checked; a message that does not fit its frame is an <see cref="InvalidDataException"/>.</summary>
/// <remarks>Payloads are not copied: they point into the frame, which must stay as it is.</remarks>
internal ref struct FrameReader(ReadOnlyMemory<byte> frame)
{
    private readonly ReadOnlyMemory<byte> _frame = frame;
    private int _at;

    public readonly bool IsAtEnd => _at == _frame.Length;
    public byte Byte() => Take(1).Span[0];
    public bool Bool() => Byte() != 0;
    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4).Span);
    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8).Span);
    public LogIndex Index() => new(Int64());
    public Epoch Epoch() => new(Int64());
    public Revision Revision() => new((ulong)Int64());
    public LogPosition Position() => new(Epoch(), Index());
    public ReadOnlyMemory<byte> Bytes() => Take(Int32());
    public SnapshotId Snapshot() => new(Int32(), Epoch(), Index(), new Guid(Take(16).Span));

    public LogEntry Entry()
    {
        var (epoch, index, revision, kind) = (Epoch(), Index(), Revision(), Byte());
        if (kind > (byte)EntryKind.Control) throw new InvalidDataException($"Entry kind {kind} is not known.");
        return new LogEntry(epoch, index, revision, (EntryKind)kind, Bytes());
    }

    /// <summary>A number of items that each take at least <paramref name="bytesEach"/>: never more than the frame can hold.</summary>
    public int Count(int bytesEach)
    {
        var count = Int32();
        if (count < 0 || (long)count * bytesEach > _frame.Length - _at) throw new InvalidDataException($"{count} items do not fit the frame.");
        return count;
    }

    private ReadOnlyMemory<byte> Take(int length)
    {
        if (length < 0 || length > _frame.Length - _at) throw new InvalidDataException("The frame ends before its message does.");
        var taken = _frame.Slice(_at, length);
        _at += length;
        return taken;
    }
}

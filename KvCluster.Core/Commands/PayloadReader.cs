using System.Buffers.Binary;

namespace KvCluster.Core.Commands;

/// <summary>Takes little-endian fields off the front of a payload and never reads past its end.</summary>
internal ref struct PayloadReader(ReadOnlySpan<byte> payload)
{
    private readonly ReadOnlySpan<byte> _payload = payload;

    /// <summary>Bytes taken so far.</summary>
    public int Position { get; private set; }

    public readonly int Rest => _payload.Length - Position;

    public byte Byte() => Take(1)[0];
    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));
    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));
    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));
    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
    public UInt128 UInt128() => BinaryPrimitives.ReadUInt128LittleEndian(Take(16));

    public ReadOnlySpan<byte> Take(int count)
    {
        if (Rest < count) throw new RecordFormatException(RecordFault.Malformed, $"The payload ends at byte {_payload.Length}; byte {Position + count} is needed.");
        var taken = _payload.Slice(Position, count);
        Position += count;
        return taken;
    }
}

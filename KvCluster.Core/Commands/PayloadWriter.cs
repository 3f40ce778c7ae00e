using System.Buffers.Binary;

namespace KvCluster.Core.Commands;

/// <summary>Puts little-endian fields one behind the other into a buffer of the exact size.</summary>
internal ref struct PayloadWriter(Span<byte> target)
{
    private Span<byte> _rest = target;

    public readonly bool IsFull => _rest.IsEmpty;

    public void Byte(byte value) => Claim(1)[0] = value;
    public void UInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Claim(2), value);
    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Claim(4), value);
    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Claim(8), value);
    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Claim(8), value);
    public void UInt128(UInt128 value) => BinaryPrimitives.WriteUInt128LittleEndian(Claim(16), value);
    public void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Claim(value.Length));
    public Span<byte> Claim(int count)
    {
        var claimed = _rest[..count];
        _rest = _rest[count..];
        return claimed;
    }
}

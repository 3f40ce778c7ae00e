using System.Buffers.Binary;
using System.Text;

namespace KvCluster.Core.Commands;

/// <summary>Fills a payload of exactly the right size.</summary>
internal ref struct PayloadWriter(Span<byte> payload)
{
    private Span<byte> _rest = payload;

    public void Byte(byte value)
    {
        _rest[0] = value;
        _rest = _rest[1..];
    }

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_rest, value);
        _rest = _rest[4..];
    }

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_rest, value);
        _rest = _rest[8..];
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        UInt32((uint)value.Length);
        value.CopyTo(_rest);
        _rest = _rest[value.Length..];
    }

    public void Text(string ascii)
    {
        Byte((byte)ascii.Length);
        Encoding.ASCII.GetBytes(ascii, _rest);
        _rest = _rest[ascii.Length..];
    }
}

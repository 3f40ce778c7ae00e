using System.Buffers.Binary;
using KvCluster.Core.State;

namespace KvCluster.Core.Commands;

/// <summary>Reads a payload with every length checked.</summary>
internal ref struct PayloadReader(ReadOnlyMemory<byte> payload)
{
    private ReadOnlyMemory<byte> _rest = payload;

    public byte Byte() => Take(1).Span[0];
    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4).Span);
    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8).Span);
    public ReadOnlyMemory<byte> Bytes() => Take(Count(1));
    public string Text() => ContentTypes.Intern(Take(Byte()).Span);

    public int Count(int bytesEach)
    {
        var count = UInt32();
        if (count * (long)bytesEach > _rest.Length) throw Damaged();
        return (int)count;
    }

    public readonly void End()
    {
        if (_rest.Length != 0) throw Damaged();
    }

    private ReadOnlyMemory<byte> Take(int length)
    {
        if (length > _rest.Length) throw Damaged();
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    private static InvalidDataException Damaged() => new("A log entry's payload is damaged.");
}

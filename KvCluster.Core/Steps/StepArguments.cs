using System.Buffers.Binary;

namespace KvCluster.Core.Steps;

/// <summary>Takes a step's arguments one after the other.</summary>
internal ref struct StepArguments(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public ReadOnlySpan<byte> Next()
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(_rest);
        var taken = _rest.Slice(4, length);
        _rest = _rest[(4 + length)..];
        return taken;
    }
}

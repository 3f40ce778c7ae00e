using System.Buffers.Binary;

namespace KvCluster.Core.Steps;

/// <summary>Takes a step's arguments one after the other.</summary>
internal ref struct StepArguments(ReadOnlySpan<byte> rest, int count)
{
    private ReadOnlySpan<byte> _rest = rest;

    /// <summary>Arguments that are left.</summary>
    public int Count { get; private set; } = count;

    /// <summary>Bytes of those, their lengths included.</summary>
    public readonly int Bytes => _rest.Length;
    public readonly bool IsAtEnd => _rest.IsEmpty;

    public ReadOnlySpan<byte> Next()
    {
        var taken = At(0);
        _rest = _rest[(4 + taken.Length)..];
        Count--;
        return taken;
    }

    /// <summary>The argument whose length stands so many bytes behind the present one's.</summary>
    public readonly ReadOnlySpan<byte> At(int offset) => _rest.Slice(offset + 4, BinaryPrimitives.ReadInt32LittleEndian(_rest[offset..]));
}

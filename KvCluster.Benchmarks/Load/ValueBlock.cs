namespace KvCluster.Benchmarks.Load;

/// <summary>Random bytes of which every value is a window: values differ, do not compress, and cost nothing to make.</summary>
internal sealed class ValueBlock
{
    private const int Windows = 1 << 16;
    private const byte FirstVisible = (byte)'!';
    private const int VisibleCharacters = 94;
    private readonly byte[] _block;

    public ValueBlock(int valueBytes, ulong seed)
    {
        ValueBytes = valueBytes;
        _block = new byte[Windows + valueBytes];
        var random = new SplitMix(seed);
        foreach (ref var value in _block.AsSpan())
            value = (byte)(FirstVisible + random.Below(VisibleCharacters));
    }

    public int ValueBytes { get; }

    /// <summary>The value of a request; the same number gives the same value.</summary>
    public ReadOnlySpan<byte> Window(int number) => _block.AsSpan(number & (Windows - 1), ValueBytes);
}

using System.Buffers;

namespace KvCluster.Node.Resp;

/// <summary>Bytes that a connection has collected, in an array that is borrowed only while there are some.</summary>
internal sealed class PooledBuffer
{
    private byte[] _bytes = [];

    /// <summary>Bytes collected.</summary>
    public int Count { get; private set; }
    public ReadOnlyMemory<byte> Collected => _bytes.AsMemory(0, Count);

    /// <summary>The room behind them; <see cref="Advance"/> says how much of it was used.</summary>
    public Memory<byte> Free => _bytes.AsMemory(Count);

    /// <summary>Makes sure that so many bytes more have room.</summary>
    public void Reserve(int more)
    {
        var needed = Count + more;
        if (needed <= _bytes.Length) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _bytes.Length * 2));
        var count = Count;
        Collected.Span.CopyTo(larger);
        Release();
        (_bytes, Count) = (larger, count);
    }

    public void Advance(int count) => Count += count;

    /// <param name="from">The bytes before this place go, the others move to the front.</param>
    public void Drop(int from)
    {
        Collected.Span[from..].CopyTo(_bytes);
        Count -= from;
    }

    /// <summary>Gives the array back, whatever is in it.</summary>
    public void Release()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, Count) = ([], 0);
    }
}

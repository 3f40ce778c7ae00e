using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Storage;

/// <summary>A frozen view of the applied state. Holds disk space until it is disposed.</summary>
public interface IStateSnapshot : IDisposable
{
    LogIndex Applied { get; }

    /// <summary>
    /// The next rows after <paramref name="after"/> (from the start when empty), packed as repeated
    /// (key length u32, key, value length u32, value), little-endian, about <paramref name="bytesMax"/> bytes.
    /// </summary>
    /// <returns>The chunk and the last row's key; a null key when nothing is left after this chunk.</returns>
    (ReadOnlyMemory<byte> Chunk, byte[]? Last) ReadChunk(ReadOnlySpan<byte> after, int bytesMax);
}

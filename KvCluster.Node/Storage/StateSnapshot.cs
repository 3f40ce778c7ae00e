using System.Buffers.Binary;
using KvCluster.Node.Storage.Native;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Storage;

/// <summary>The applied state at one moment, cut into chunks.</summary>
internal sealed class StateSnapshot : IStateSnapshot
{
    private readonly RocksSnapshot _snapshot;
    private readonly nint _family;

    public StateSnapshot(RocksDatabase database, nint family)
    {
        (_snapshot, _family) = (database.Snapshot(), family);
        using var walk = _snapshot.Scan(family);
        walk.Seek(StateColumn.AppliedRow);
        var hasApplied = walk.IsValid && walk.Key.SequenceEqual(StateColumn.AppliedRow);
        Applied = hasApplied ? new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(walk.Value)) : LogIndex.Zero;
        walk.ThrowIfFailed();
    }

    public LogIndex Applied { get; }

    public (ReadOnlyMemory<byte> Chunk, byte[]? Last) ReadChunk(ReadOnlySpan<byte> after, int bytesMax)
    {
        var chunk = new MemoryStream(bytesMax + (64 << 10));
        byte[]? last = null;
        Span<byte> length = stackalloc byte[4];
        using var walk = _snapshot.Scan(_family);
        var begin = after.IsEmpty ? StateColumn.AppliedRow.AsSpan() : after;
        for (walk.Seek(begin); walk.IsValid && chunk.Length < bytesMax; walk.Next())
        {
            if (walk.Key.SequenceEqual(begin)) continue;
            last = walk.Key.ToArray();
            BinaryPrimitives.WriteInt32LittleEndian(length, last.Length);
            chunk.Write(length);
            chunk.Write(last);
            BinaryPrimitives.WriteInt32LittleEndian(length, walk.Value.Length);
            chunk.Write(length);
            chunk.Write(walk.Value);
        }

        var isAtEnd = !walk.IsValid;
        walk.ThrowIfFailed();
        return (chunk.GetBuffer().AsMemory(0, (int)chunk.Length), isAtEnd ? null : last);
    }

    public void Dispose() => _snapshot.Dispose();
}

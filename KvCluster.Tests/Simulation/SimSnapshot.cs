using System.Buffers.Binary;
using KvCluster.Core.State;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Simulation;

/// <summary>A frozen view of the applied state that is being sent; any chunk can be cut again.</summary>
internal sealed class SimSnapshot(SnapshotId id, SimRows rows)
{
    private readonly List<int> _begins = [0];

    public SnapshotId Id => id;

    /// <returns>Nothing when the chunk before was never cut.</returns>
    public (byte[] Chunk, bool IsLast)? Read(int number, int bytesMax)
    {
        if (number >= _begins.Count) return null;
        var bytes = new List<byte>();
        Span<byte> length = stackalloc byte[4];
        var place = _begins[number];
        for (; place < rows.Count && (bytes.Count == 0 || bytes.Count < bytesMax); place++)
        {
            foreach (var part in (ReadOnlySpan<byte[]>)[rows[place].Key, rows[place].Value])
            {
                BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
                bytes.AddRange(length);
                bytes.AddRange(part);
            }
        }

        var isLast = place >= rows.Count;
        if (!isLast && number == _begins.Count - 1) _begins.Add(place);
        return ([.. bytes], isLast);
    }

    public static void Unpack(ReadOnlySpan<byte> chunk, SimRows into)
    {
        while (!chunk.IsEmpty)
        {
            var key = Take(ref chunk);
            into.Put(key, Take(ref chunk));
        }
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> from)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(from);
        var part = from.Slice(4, length);
        from = from[(4 + length)..];
        return part;
    }
}

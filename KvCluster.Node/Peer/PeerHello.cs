using System.Buffers.Binary;
using KvCluster.Core.Replication;
using KvCluster.Protocol.Identity;

namespace KvCluster.Node.Peer;

/// <summary>The first frame in each direction: who speaks, from which run, in which cluster, and what for.</summary>
internal readonly record struct PeerHello(ClusterId Cluster, Member From, ServerId To, PeerPurpose Purpose)
{
    private const uint Magic = 0x3150_564B;
    public const int Bytes = 4 + 16 + 4 + 8 + 4 + 1;

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, Magic);
        Cluster.Value.TryWriteBytes(target[4..]);
        BinaryPrimitives.WriteInt32LittleEndian(target[20..], From.Id.Value);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], From.Incarnation.Value);
        BinaryPrimitives.WriteInt32LittleEndian(target[32..], To.Value);
        target[36] = (byte)Purpose;
    }

    /// <exception cref="InvalidDataException">Not a greeting of this protocol.</exception>
    public static PeerHello Read(ReadOnlySpan<byte> source)
    {
        if (source.Length != Bytes || BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic || source[36] > (byte)PeerPurpose.Register)
            throw new InvalidDataException("Not a greeting of this protocol.");
        return new PeerHello(
            new ClusterId(new Guid(source.Slice(4, 16))),
            new Member(new ServerId(BinaryPrimitives.ReadInt32LittleEndian(source[20..])), new Incarnation(BinaryPrimitives.ReadInt64LittleEndian(source[24..]))),
            new ServerId(BinaryPrimitives.ReadInt32LittleEndian(source[32..])),
            (PeerPurpose)source[36]);
    }
}

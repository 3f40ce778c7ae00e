using System.Buffers;
using System.Buffers.Binary;
using KvCluster.Core.Log;
using KvCluster.Core.State;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication.Wire;

/// <summary>Little-endian writing into a growing buffer.</summary>
internal readonly ref struct FrameWriter(IBufferWriter<byte> output)
{
    public void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), value);
        output.Advance(4);
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(8), value);
        output.Advance(8);
    }

    public void Index(LogIndex index) => Int64(index.Value);
    public void Epoch(Epoch epoch) => Int64(epoch.Value);
    public void Revision(Revision revision) => Int64((long)revision.Value);

    public void Position(LogPosition position)
    {
        Epoch(position.Epoch);
        Index(position.Index);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Int32(value.Length);
        output.Write(value);
    }

    public void Snapshot(SnapshotId id)
    {
        Int32(id.Lineage);
        Epoch(id.Epoch);
        Index(id.Index);
        id.Source.TryWriteBytes(output.GetSpan(16));
        output.Advance(16);
    }

    public void Entry(in LogEntry entry)
    {
        Epoch(entry.Epoch);
        Index(entry.Index);
        Revision(entry.Revision);
        Byte((byte)entry.Kind);
        Bytes(entry.Payload.Span);
    }
}

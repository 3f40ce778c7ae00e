using System.Buffers.Binary;
using KvCluster.Core.State;
using KvCluster.Protocol.Slots;

namespace KvCluster.Core.Commands;

/// <summary>Which slots this node holds, because its own log says so. Written by the applier, read by every request.</summary>
public sealed class SlotTable
{
    private const long NotHere = 0;
    private readonly long[] _epochs = new long[Slot.Count];

    public bool IsOwn(Slot slot) => Volatile.Read(ref _epochs[slot.Value]) != NotHere;

    /// <summary>The slot epoch under which this node holds the slot: the generation of the rows it may show.</summary>
    public long EpochOf(Slot slot) => Volatile.Read(ref _epochs[slot.Value]);

    internal bool TryAdopt(SlotAdopt adopt)
    {
        foreach (var range in adopt.Ranges)
            for (int slot = range.First; slot <= range.Last; slot++)
                if (_epochs[slot] >= adopt.SlotEpoch) return false;
        foreach (var range in adopt.Ranges) Array.Fill(_epochs, adopt.SlotEpoch, range.First, range.Length);
        return true;
    }

    internal byte[] Encode()
    {
        var row = new List<byte>();
        Span<byte> run = stackalloc byte[12];
        for (var first = 0; first < _epochs.Length;)
        {
            var last = first;
            while (last + 1 < _epochs.Length && _epochs[last + 1] == _epochs[first]) last++;
            BinaryPrimitives.WriteUInt16LittleEndian(run, (ushort)first);
            BinaryPrimitives.WriteUInt16LittleEndian(run[2..], (ushort)last);
            BinaryPrimitives.WriteInt64LittleEndian(run[4..], _epochs[first]);
            row.AddRange(run);
            first = last + 1;
        }

        return [.. row];
    }

    internal void Load(IStateReader state)
    {
        Array.Clear(_epochs);
        ReadOnlySpan<byte> row = state.Get(StateRow.Slots);
        for (; row.Length >= 12; row = row[12..])
        {
            var first = BinaryPrimitives.ReadUInt16LittleEndian(row);
            var last = BinaryPrimitives.ReadUInt16LittleEndian(row[2..]);
            Array.Fill(_epochs, BinaryPrimitives.ReadInt64LittleEndian(row[4..]), first, last - first + 1);
        }
    }
}

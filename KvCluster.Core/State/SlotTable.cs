using System.Buffers.Binary;
using System.Collections.Immutable;
using KvCluster.Protocol.Slots;

namespace KvCluster.Core.State;

/// <summary>All 16384 slots as this node's log made them. Immutable: each change is a new table, so that any thread may look into one.</summary>
/// <remarks>
/// Stored as one row per longest run of slots in the same state. The runs follow from the states alone, so two servers that applied
/// the same entries have the same rows, whatever the ranges in the records were.
/// </remarks>
public sealed class SlotTable
{
    private const byte Format = 1;
    private const int RowBytes = 1 + 2 + 1 + 8 + 8 + 8;

    public static readonly SlotTable Empty = new([SlotState.Untouched], new ushort[Slot.Count]);

    private readonly ImmutableArray<SlotState> _states;

    // For each slot the place of its state in _states: there are few different states at a time.
    private readonly ushort[] _places;

    private SlotTable(ImmutableArray<SlotState> states, ushort[] places) => (_states, _places) = (states, places);

    public SlotState this[Slot slot] => _states[_places[slot.Value]];

    public bool IsOwn(Slot slot) => this[slot].Role == SlotRole.Own;

    /// <summary>The table in which each slot of <paramref name="ranges"/> has the state that <paramref name="change"/> makes of its present one.</summary>
    public SlotTable With(IEnumerable<SlotRange> ranges, Func<SlotState, SlotState> change)
    {
        var slots = new SlotState[Slot.Count];
        for (var i = 0; i < slots.Length; i++) slots[i] = this[new Slot((ushort)i)];
        foreach (var range in ranges)
            for (int i = range.First; i <= range.Last; i++) slots[i] = change(slots[i]);
        return Of(slots);
    }

    public static SlotTable Load(IStateReader reader)
    {
        var slots = new SlotState[Slot.Count];
        Array.Fill(slots, SlotState.Untouched);
        reader.Scan(StateRange.Slots.From, StateRange.Slots.Until, (row, value) =>
        {
            var (last, state) = Decode(value);
            slots.AsSpan(StateRow.FirstOfSlots(row).Value..(last + 1)).Fill(state);
            return true;
        });
        return Of(slots);
    }

    /// <summary>Writes the rows that differ from those of <paramref name="before"/>.</summary>
    public void Save(IStateBatch batch, SlotTable before)
    {
        var (old, now) = (before.Runs().ToHashSet(), Runs().ToHashSet());
        foreach (var (range, _) in old.Where(run => !now.Contains(run))) batch.Delete(StateRow.Slots(new Slot(range.First)));
        foreach (var run in now.Where(run => !old.Contains(run))) batch.Put(StateRow.Slots(new Slot(run.Range.First)), Encode(run.Range.Last, run.State));
    }

    /// <summary>The runs of slots that are not untouched, ascending.</summary>
    public IEnumerable<(SlotRange Range, SlotState State)> Runs()
    {
        for (var first = 0; first < Slot.Count;)
        {
            var (place, last) = (_places[first], first);
            while (last + 1 < Slot.Count && _places[last + 1] == place) last++;
            var state = _states[place];
            if (state != SlotState.Untouched) yield return (new SlotRange((ushort)first, (ushort)last), state);
            first = last + 1;
        }
    }

    private static SlotTable Of(SlotState[] slots)
    {
        var states = ImmutableArray.CreateBuilder<SlotState>();
        var placeOf = new Dictionary<SlotState, ushort>();
        var places = new ushort[Slot.Count];
        for (var i = 0; i < slots.Length; i++)
        {
            if (i > 0 && slots[i] == slots[i - 1])
            {
                places[i] = places[i - 1];
                continue;
            }

            if (!placeOf.TryGetValue(slots[i], out places[i]))
            {
                placeOf[slots[i]] = places[i] = (ushort)states.Count;
                states.Add(slots[i]);
            }
        }

        return new SlotTable(states.ToImmutable(), places);
    }

    private static byte[] Encode(ushort last, in SlotState state)
    {
        var value = new byte[RowBytes];
        value[0] = Format;
        BinaryPrimitives.WriteUInt16LittleEndian(value.AsSpan(1), last);
        value[3] = (byte)state.Role;
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(4), state.SlotEpoch);
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(12), state.MigrationId);
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(20), state.LastMigrationId);
        return value;
    }

    private static (ushort Last, SlotState State) Decode(ReadOnlySpan<byte> value)
    {
        if (value.Length < RowBytes || value[0] != Format) throw new InvalidDataException("A slot row is of a format that this version does not know.");
        var state = new SlotState(
            (SlotRole)value[3],
            BinaryPrimitives.ReadInt64LittleEndian(value[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(value[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(value[20..]));
        return (BinaryPrimitives.ReadUInt16LittleEndian(value[1..]), state);
    }
}

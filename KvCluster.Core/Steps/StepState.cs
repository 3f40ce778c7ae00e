using KvCluster.Core.State;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;

namespace KvCluster.Core.Steps;

/// <summary>What steps read and write, and the moment they see.</summary>
/// <param name="Batch">Nothing where steps only read.</param>
/// <param name="Now">Decides what has expired.</param>
/// <param name="NowMilliseconds">From what is left of a time to live counted; at apply the entry's own moment.</param>
internal readonly record struct StepState(IStateReader Reader, IStateBatch? Batch, SlotTable Slots, Revision Now, long NowMilliseconds)
{
    public StepBudget Budget { get; } = new();

    public bool IsOwn(ReadOnlySpan<byte> key) => Slots.IsOwn(SlotHash.Of(key));
    public long GenerationOf(ReadOnlySpan<byte> key) => Slots[SlotHash.Of(key)].SlotEpoch;

    /// <summary>The row's header alone.</summary>
    public CurrentValue Look(ReadOnlySpan<byte> key)
    {
        Span<byte> row = stackalloc byte[StateRow.DataBytes(key)];
        StateRow.WriteData(row, key);
        return CurrentValue.Read(Reader, row, GenerationOf(key), Now);
    }

    public FoundValue Find(ReadOnlySpan<byte> key)
    {
        Span<byte> name = stackalloc byte[StateRow.DataBytes(key)];
        StateRow.WriteData(name, key);
        if (Reader.Get(name) is not { } row) return new FoundValue(null, new CurrentValue(-1, default, false));
        Budget.Charge(row.Length);
        var header = ValueRow.ReadHeader(row);
        return new FoundValue(row, new CurrentValue(row.Length, header, header.IsVisible(GenerationOf(key), Now)));
    }

    public void Store(RowWriter writer, ReadOnlySpan<byte> key, in CurrentValue current, long expiresAt, ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> value)
    {
        Budget.Charge(value.Length);
        Span<byte> row = stackalloc byte[StateRow.DataBytes(key)];
        StateRow.WriteData(row, key);
        writer.Store(new RowWrite(row, key, current, GenerationOf(key), Now, Writing), expiresAt, contentType, value);
    }

    /// <summary>Removes a visible value.</summary>
    public void Remove(RowWriter writer, ReadOnlySpan<byte> key, in CurrentValue current)
    {
        Span<byte> row = stackalloc byte[StateRow.DataBytes(key)];
        StateRow.WriteData(row, key);
        writer.Delete(new RowWrite(row, key, current, GenerationOf(key), Now, Writing));
    }

    private IStateBatch Writing => Batch ?? throw new InvalidOperationException("A step that writes was asked to read only.");
}

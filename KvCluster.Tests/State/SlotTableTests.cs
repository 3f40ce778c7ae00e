using CsCheck;
using KvCluster.Core.State;
using KvCluster.Protocol.Slots;

namespace KvCluster.Tests.State;

public sealed class SlotTableTests
{
    private static readonly Gen<(SlotRange Range, SlotState State)> Changes = Gen.Select(
        Gen.UShort[0, 40], Gen.UShort[0, 10], Gen.Enum<SlotRole>(), Gen.Long[0, 2], (first, length, role, epoch) =>
            (new SlotRange(first, (ushort)(first + length)), new SlotState(role, epoch, 0, epoch)));

    [Fact]
    public void Save_OfAnyChanges_LoadsTheSameTableAndLeavesNoOtherRows() => Changes.Array[0, 20].Sample(changes =>
    {
        var state = new MemoryState();
        var table = SlotTable.Empty;
        foreach (var (range, slot) in changes)
        {
            var next = table.With([range], _ => slot);
            var batch = state.Begin();
            next.Save(batch, table);
            state.Commit(batch);
            table = next;
        }

        Assert.Equal(table.Runs(), SlotTable.Load(state).Runs());
        Assert.Equal(table.Runs().Count(), state.Count);
    });

    [Fact]
    public void Empty_OwnsNothing()
    {
        Assert.Empty(SlotTable.Empty.Runs());
        Assert.False(SlotTable.Empty.IsOwn(new Slot(16_383)));
    }
}

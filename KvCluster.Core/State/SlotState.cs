namespace KvCluster.Core.State;

/// <summary>A slot as the node's own log made it.</summary>
/// <param name="SlotEpoch">Id of the assignment or migration by which the node owns it; the generation of its visible rows.</param>
/// <param name="MigrationId">The migration under way; zero without one.</param>
/// <param name="LastMigrationId">The highest id this node ever adopted, fenced or imported the slot for; never shrinks. -1 before the first.</param>
public readonly record struct SlotState(SlotRole Role, long SlotEpoch, long MigrationId, long LastMigrationId)
{
    public static readonly SlotState Untouched = new(SlotRole.None, 0, 0, -1);
}

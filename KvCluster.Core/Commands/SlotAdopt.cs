using System.Collections.Immutable;
using KvCluster.Protocol.Slots;

namespace KvCluster.Core.Commands;

/// <summary>The node takes slots into service that the topology gave it without a source: they begin empty.</summary>
/// <remarks>
/// Guard, for each slot by itself: not owned, and <paramref name="SlotEpoch"/> is above every migration id the node has met for the
/// slot. So an assignment can be repeated, also with more slots than before.
/// </remarks>
/// <param name="SlotEpoch">Id of the assignment in the topology; rows of these slots carry it as their generation.</param>
public sealed record SlotAdopt(ImmutableArray<SlotRange> Ranges, long SlotEpoch) : ControlRecord
{
    public bool Equals(SlotAdopt? other) => other is not null && SlotEpoch == other.SlotEpoch && Ranges.AsSpan().SequenceEqual(other.Ranges.AsSpan());
    public override int GetHashCode() => HashCode.Combine(SlotEpoch, Ranges.Length);
}

using System.Collections.Immutable;
using KvCluster.Protocol.Slots;

namespace KvCluster.Core.Commands;

/// <summary>The node takes over slots that the topology dealt to it; the only permission to serve them is this record in its own log.</summary>
public sealed record SlotAdopt(ImmutableArray<SlotRange> Ranges, long SlotEpoch) : ControlRecord;

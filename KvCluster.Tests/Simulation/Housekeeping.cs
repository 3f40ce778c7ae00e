using KvCluster.Core.Commands;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;

namespace KvCluster.Tests.Simulation;

/// <summary>What a serving main appends by itself: slots it was given, keys whose time is over, request ids that are too old.</summary>
internal sealed class Housekeeping(SimProcess process)
{
    private const int ExpiredKeysMax = 3;
    private const int PausesMax = 10;

    // Longer than a client retries, short enough to pass within a world.
    private readonly DedupWindow _window = new(process.World.Plan.Options.BeaconMicroseconds * 80);
    private Revision? _horizon;
    private LogIndex _askedAt;
    private int _pauses;

    public void Begin() => process.Schedule(process.World.Random.Around(process.World.Plan.Options.BeaconMicroseconds / 2), Tick);

    private void Tick()
    {
        var core = process.Core!.Core;
        if (_window.Pass(process.Now.Microseconds, process.Executor.AppliedRevision) is { } due) _horizon = due;
        if (core.Role == ReplicaRole.Main && (core.Applied >= _askedAt || ++_pauses > PausesMax) && !process.HasFailed) Keep();
        Begin();
    }

    private void Keep()
    {
        var executor = process.Executor;
        var now = process.Now.WallMilliseconds;
        if (process.Topology!.NodeOf(process.Self!.Value.Id) is { Slots.IsEmpty: false } node
            && node.Slots.Any(range => !executor.Slots.IsOwn(new Slot(range.First)))) Append(new SlotAdopt(node.Slots, node.SlotEpoch));
        if (executor.EarliestExpiry is { } expiry && expiry <= now) Append(new ExpireDue(ExpiredKeysMax));
        if (_horizon is { } horizon && executor.Dedup.OldestRevision <= horizon) Append(new DedupHorizon(horizon));
    }

    private void Append(ControlRecord record)
    {
        _askedAt = process.Core!.Core.Last.Index.Next;
        _pauses = 0;
        process.Core.Post(new WriteRequested(0, EntryKind.Control, CommandCodec.Encode(record)));
    }
}

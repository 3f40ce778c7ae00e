using KvCluster.Core.Commands;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Node.Replication;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Slots;
using KvCluster.Protocol.Topology;

namespace KvCluster.Node.Host;

/// <summary>
/// What a serving main adds to the log by itself: taking over slots that the topology gave its node, deleting what has expired,
/// forgetting request ids that are too old. Each is a record that may come twice or too late without harm.
/// </summary>
internal sealed class Housekeeper(DataServer server, Func<NodeInfo?> node)
{
    private const int ExpiredKeysMax = 1_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan DedupWindow = TimeSpan.FromMinutes(5);
    private Revision _horizon;
    private LogIndex _askedAt;

    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Pause);
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
            if (server.Status.Role == ReplicaRole.Main && server.Status.Applied >= _askedAt) Keep();
    }

    private void Keep()
    {
        var state = server.Executor;
        var now = Revision.FromMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        if (MissingSlots() is { } adopt) Append(adopt);
        if (state.EarliestExpiry is { } expiry && expiry <= now.Milliseconds) Append(new ExpireDue(ExpiredKeysMax));
        var horizon = now.SubtractMilliseconds((long)DedupWindow.TotalMilliseconds);
        var isDue = state.Dedup.OldestRevision is { } oldest && oldest <= horizon && horizon >= _horizon.AddMilliseconds((long)DedupWindow.TotalMilliseconds / 10);
        if (isDue) Append(new DedupHorizon(_horizon = horizon));
        else if (state.Dedup.EarlyHorizon is { } early) Append(new DedupHorizon(early));
    }

    private SlotAdopt? MissingSlots()
    {
        if (node() is not { } own || own.Slots.IsEmpty) return null;
        var isMissing = own.Slots.Any(range => !server.Executor.Slots.IsOwn(new Slot(range.First)));
        return isMissing ? new SlotAdopt(own.Slots, own.SlotEpoch) : null;
    }

    // One group of records at a time: the next is looked at when this one has had its effect.
    private void Append(ControlRecord record)
    {
        _askedAt = server.Status.Last.Index.Next;
        server.Post(new WriteRequested(0, EntryKind.Control, CommandCodec.Encode(record)));
    }
}

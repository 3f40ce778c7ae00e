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

    // A record that was asked for can have been refused, or cut off with the tail of a main that was deposed.
    private const int PausesMax = 100;
    private readonly DedupWindow _window = new((long)TimeSpan.FromMinutes(5).TotalMicroseconds);
    private Revision? _horizon;
    private LogIndex _askedAt;
    private int _pauses;

    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Pause);
        while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
        {
            // The window passes at a replica too, so that a new main goes on where the old one was.
            _horizon = _window.Pass(MonotonicClock.Microseconds, server.Executor.AppliedRevision) ?? _horizon;
            if (server.Status.Role == ReplicaRole.Main && (server.Status.Applied >= _askedAt || ++_pauses > PausesMax)) Keep();
        }
    }

    private void Keep()
    {
        var state = server.Executor;
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        if (MissingSlots() is { } adopt) Append(adopt);
        if (state.EarliestExpiry is { } expiry && expiry <= now) Append(new ExpireDue(ExpiredKeysMax));
        if (_horizon is { } horizon && state.Dedup.OldestRevision <= horizon) Append(new DedupHorizon(horizon));
        else if (state.Dedup.EarlyHorizon is { } early) Append(new DedupHorizon(early, IsEarly: true));
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
        _pauses = 0;
        server.Post(new WriteRequested(0, EntryKind.Control, CommandCodec.Encode(record)));
    }
}

using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Messages;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication;

/// <summary>The main's beacons, and the reads that wait for one to be acknowledged.</summary>
/// <remarks>
/// A read whose lease is in doubt took its value already; a beacon sent after that moment and acknowledged proves that this server was
/// still main when the value was taken.
/// </remarks>
internal sealed class LeaseKeeper(CoreState core)
{
    private const int WaitingMax = 10_000;
    private readonly Queue<(long Token, long At)> _waiting = new();
    private long _beaconAt = long.MinValue / 2;
    private LogIndex _committedAtBeacon;

    public bool IsBeaconDue => core.Micros - _beaconAt >= core.Options.BeaconMicroseconds;

    public void SendBeacon(PeerProgress peer)
    {
        (_beaconAt, _committedAtBeacon) = (core.Micros, core.Committed);
        core.Send(peer.Member, new Beacon(core.Epoch, core.Micros, core.Log.Last.Index, core.Committed));
    }

    /// <inheritdoc cref="PeerProgress.ApplyLag"/>
    public long ApplyLagOf(BeaconAck ack) => Math.Max(0, _committedAtBeacon.Value - ack.Applied.Value);

    /// <summary>A new epoch: the first beacon goes out at once.</summary>
    public void Reset() => _beaconAt = long.MinValue / 2;

    /// <returns>True when a beacon should be sent for this read.</returns>
    public bool TryWait(long token)
    {
        if (_waiting.Count >= WaitingMax)
        {
            core.Emit(new RefuseEffect(token, Refusal.Overloaded));
            return false;
        }

        _waiting.Enqueue((token, core.Micros));
        return core.Micros > _beaconAt;
    }

    public void OnConfirmed(long sentAt)
    {
        while (_waiting.Count > 0 && _waiting.Peek().At <= sentAt) core.Emit(new RefuseEffect(_waiting.Dequeue().Token, Refusal.None));
    }

    public void GiveUpLate()
    {
        while (_waiting.Count > 0 && core.Micros - _waiting.Peek().At > core.Options.LeaseMicroseconds * 2)
            core.Emit(new RefuseEffect(_waiting.Dequeue().Token, Refusal.LeaseLost));
    }

    public void RefuseAll(Refusal refusal)
    {
        while (_waiting.Count > 0) core.Emit(new RefuseEffect(_waiting.Dequeue().Token, refusal));
    }
}

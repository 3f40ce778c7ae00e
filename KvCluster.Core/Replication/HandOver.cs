using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.Replication.Messages;

namespace KvCluster.Core.Replication;

/// <summary>A planned swap: no new writes; when all is committed on both servers the lease is released and the replica asks for the place.</summary>
internal sealed class HandOver(CoreState core)
{
    private HandOverRequested? _request;
    private long _beganAt;
    private long _sentAt;

    public bool IsUnderWay => _request is not null;

    // Invariant: once true this server serves nothing more in this epoch.
    public bool IsReleased { get; private set; }

    /// <summary>The replica has had its time to take the place.</summary>
    public bool IsOverdue => IsUnderWay && core.Micros - _beganAt >= core.Options.GraceMicroseconds * 2;

    public void Begin(HandOverRequested request) => (_request, _beganAt, _sentAt, IsReleased) = (request, core.Micros, long.MinValue / 2, false);

    /// <returns>True when the lease has just been released: readers must know of it before the replica does.</returns>
    public bool TryRelease(PeerProgress peer)
    {
        if (IsReleased || !(IsDrained(peer) || core.Has(PlantedBugs.HandOverWithoutRelease))) return false;
        IsReleased = !core.Has(PlantedBugs.HandOverWithoutRelease);
        return true;
    }

    /// <summary>Tells the replica that the place is free, again and again: one message may be lost.</summary>
    public void AnnounceIfDue(PeerProgress peer)
    {
        var isFree = IsReleased || (core.Has(PlantedBugs.HandOverWithoutRelease) && IsDrained(peer));
        if (!isFree || core.Micros - _sentAt < core.Options.BeaconMicroseconds / 2) return;
        _sentAt = core.Micros;
        core.Send(peer.Member, new LeaseReleased(core.Epoch, core.Log.Last.Index, _request!.IsLeaving));
    }

    /// <summary>Answers who asked for it; nothing when none is under way.</summary>
    public void End(Refusal refusal)
    {
        if (_request is { Token: not 0 } request) core.Emit(new RefuseEffect(request.Token, refusal));
        (_request, IsReleased) = (null, false);
    }

    private bool IsDrained(PeerProgress peer) => core.Committed == core.Log.Last.Index && peer.Match == core.Log.Last.Index;
}

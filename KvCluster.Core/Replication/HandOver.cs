namespace KvCluster.Core.Replication;

/// <summary>A planned swap under way: no new writes; when all is committed on both servers the lease is released and the replica asks for the place.</summary>
internal sealed class HandOver(long token, bool isLeaving, long beganAt)
{
    private long _sentAt = long.MinValue / 2;

    public long Token => token;
    public bool IsLeaving => isLeaving;
    public long BeganAt => beganAt;

    // Invariant: once true this server serves nothing more in this epoch.
    public bool IsReleased { get; set; }

    public bool IsSendDue(CoreState core)
    {
        if (core.Micros - _sentAt < core.Options.BeaconMicroseconds / 2) return false;
        _sentAt = core.Micros;
        return true;
    }
}

using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication;

/// <summary>What the main knows of the other server of its node, in this epoch.</summary>
internal sealed class PeerProgress(Member member, bool inSync, long now)
{
    public Member Member { get; } = member;

    /// <summary>In the in-sync set of the configuration in force.</summary>
    public bool InSync { get; } = inSync;
    public PeerMode Mode { get; set; } = PeerMode.Probing;

    /// <summary>Everything up to here is on the peer's disk and equal to this log; said by the peer in this epoch.</summary>
    public LogIndex Match { get; set; }

    /// <summary>The next entry to send.</summary>
    public LogIndex Next { get; set; }

    /// <summary>When the newest acknowledged beacon was sent, by this server's clock; none yet: long ago.</summary>
    public long LeaseFrom { get; set; } = long.MinValue / 2;

    /// <summary>Since when there has been something unacknowledged without any progress.</summary>
    public long StalledSince { get; set; } = now;
    public long WaitingSince { get; } = now;
    public long ProbedAt { get; set; } = long.MinValue / 2;
    public bool IsReading { get; set; }

    /// <summary>How many entries that were committed when the newest beacon was sent the peer had not applied when it answered.</summary>
    public long ApplyLag { get; set; } = long.MaxValue;

    /// <summary>When this epoch's first message of the peer came; none yet: nothing.</summary>
    public long? AnsweredAt { get; private set; }
    public bool HasAnswered => AnsweredAt is not null;
    public Queue<(LogIndex Last, long Bytes)> InFlight { get; } = new();
    public long InFlightBytes { get; set; }

    public void OnAnswer(long now) => AnsweredAt ??= now;

    public void Acknowledge(LogIndex durable, long now)
    {
        if (durable > Match)
        {
            Match = durable;
            StalledSince = now;
        }

        while (InFlight.Count > 0 && InFlight.Peek().Last <= durable) InFlightBytes -= InFlight.Dequeue().Bytes;
    }

    /// <summary>Why a main that counts on this server cannot any more; nothing while it answers and its disk keeps up.</summary>
    public ChangeReason? WhyLost(CoreState core)
    {
        // A peer that learned of the epoch late may answer something else before its first beacon.
        var heard = Math.Max(LeaseFrom, AnsweredAt ?? WaitingSince + core.Options.GraceMicroseconds);
        if (core.Micros - heard > core.Options.LeaseMicroseconds) return ChangeReason.PeerSilent;
        var isSlow = Match < core.Log.Durable && core.Micros - Math.Max(StalledSince, WaitingSince) > core.Options.GraceMicroseconds * 2;
        return isSlow ? ChangeReason.PeerSlow : null;
    }

    public void StreamFrom(LogIndex next, long now)
    {
        Mode = PeerMode.Streaming;
        Next = next;
        IsReading = false;
        StalledSince = now;
        InFlight.Clear();
        InFlightBytes = 0;
    }
}

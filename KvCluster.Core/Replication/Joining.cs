using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication;

/// <summary>
/// A learner's way into the in-sync set: near the end of the log it begins to count, for acknowledgements and as lessor; when it has everything
/// that is committed it is proposed; from then on only the register says how it ends.
/// </summary>
/// <remarks>
/// It counts before it has everything, because under load it never would: a main alone commits what its own disk has, and a slower disk is
/// always a little behind that. Until it is proposed nobody but this main knows of it, so a joiner that falls silent or takes longer than a
/// grace period is dropped again and nothing was promised; afterwards never (C2).
/// </remarks>
internal sealed class Joining(CoreState core)
{
    private readonly RejoinBackoff _rejoin = new(core);
    private long? _since;

    public bool Counts => _since is not null;
    public bool IsProposed { get; private set; }

    /// <summary>The other server left the in-sync set, or is about to stop.</summary>
    public void OnTakenOut() => _rejoin.OnTakenOut();

    public void Reset() => (_since, IsProposed) = (null, false);

    /// <summary>Begins, drops or completes the joining of a learner.</summary>
    /// <returns>True once: now it is to be proposed.</returns>
    public bool Advance(PeerProgress peer)
    {
        var isHeard = peer.LeaseFrom + core.Options.LeaseMicroseconds > core.Micros;
        if (core.Has(PlantedBugs.AddLearnerThatIsBehind) && isHeard && _rejoin.IsOver) _since ??= core.Micros;
        else if (!isHeard || peer.Mode != PeerMode.Streaming) Drop();
        else if (!Counts && _rejoin.IsOver && IsNear(peer)) _since = core.Micros;
        else if (Counts && core.Micros - _since > core.Options.GraceMicroseconds && !HasEverything(peer)) Drop();
        IsProposed = Counts && (HasEverything(peer) || core.Has(PlantedBugs.AddLearnerThatIsBehind));
        return IsProposed;
    }

    private bool IsNear(PeerProgress peer) =>
        core.Log.Last.Index.Value - peer.Match.Value <= core.Options.JoinLagMax && peer.ApplyLag <= core.Options.JoinApplyLagMax
        && (HasEverything(peer) || !core.Has(PlantedBugs.JoinerWaitsForIdleMain));

    private bool HasEverything(PeerProgress peer) => peer.Match >= core.Committed;

    // The next attempt waits: writes were waiting for this one.
    private void Drop()
    {
        if (!Counts) return;
        _since = null;
        _rejoin.OnTakenOut();
    }
}

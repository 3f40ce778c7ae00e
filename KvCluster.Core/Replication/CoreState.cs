using System.Collections.Immutable;
using KvCluster.Core.Replication.Effects;
using KvCluster.Core.Replication.Messages;
using KvCluster.Protocol.Contracts;
using KvCluster.Protocol.Identity;

namespace KvCluster.Core.Replication;

/// <summary>What every role of this server shares: its log, what is committed and applied, its configuration, and the step under way.</summary>
internal sealed class CoreState(CoreStart start, ReplicationOptions options, PlantedBugs bugs)
{
    private long _publishedLease;
    private long _publishedFresh;
    private long _refreshAskedAt = long.MinValue / 2;
    private long _proposals;

    public Member Self { get; } = start.Self;
    public ReplicationOptions Options { get; } = options;
    public ReplicationLog Log { get; } = new(start);
    public NodeConfiguration? Configuration { get; set; }
    public int Lineage { get; set; } = start.Lineage;

    // Invariant: Applied <= ApplyRequested <= Committed <= Log.Last (I6: only committed entries are applied).
    public LogIndex Committed { get; private set; } = start.Applied;
    public LogIndex ApplyRequested { get; private set; } = start.Applied;
    public LogIndex Applied { get; private set; } = start.Applied;

    public Now Now { get; private set; }
    public List<ReplicationEffect> Effects { get; private set; } = [];
    public long Micros => Now.Microseconds;
    public Epoch Epoch => Configuration?.Epoch ?? Epoch.None;
    public bool Has(PlantedBugs bug) => (bugs & bug) != 0;

    public void BeginStep(Now now, List<ReplicationEffect> effects)
    {
        // A clock that ran backwards would end leases late; it is never believed.
        Now = now.Microseconds < Now.Microseconds ? now with { Microseconds = Now.Microseconds } : now;
        Effects = effects;
    }

    public void Emit(ReplicationEffect effect) => Effects.Add(effect);
    public void Send(Member to, PeerMessage message, long afterWrite = 0) => Effects.Add(new SendEffect(to, message, afterWrite));

    public void CommitUpTo(LogIndex index)
    {
        if (index > Committed) Committed = index;
    }

    /// <summary>Hands over to the applier what is committed and on this server's disk.</summary>
    /// <param name="writes">Who waits for the entries, at a main.</param>
    public void ApplyCommitted(PendingWrites? writes, int copies)
    {
        var reach = Has(PlantedBugs.ApplyBeforeCommit) ? Log.Durable : Committed;
        var to = LogIndex.Min(reach, Log.Durable);
        if (to <= ApplyRequested) return;
        var from = ApplyRequested.Next;
        var entries = from >= Log.TailFirst ? Log.Slice(from, to, int.MaxValue) : null;
        Emit(new ApplyEffect(from, to, entries, writes?.Take(from, to) ?? [], copies));
        ApplyRequested = to;
    }

    public void OnApplied(LogIndex index)
    {
        if (index > Applied) Applied = index;
        Log.OnApplied(Applied);
        Log.EvictTail(Applied, Options.TailBytesMax);
    }

    /// <summary>A tail that was cut was not applied; what was thought committed of it was not.</summary>
    public void ForgetCommittedAfter(LogIndex last)
    {
        if (last < ApplyRequested) throw new InvalidOperationException($"Cutting the log behind {last} would take back applied entries up to {ApplyRequested}.");
        Committed = LogIndex.Min(Committed, last);
    }

    /// <summary>How many entries are kept behind the end for a server that comes back.</summary>
    public long LogEntriesKept => Math.Min(Options.LogEntriesKept, (long)(Options.LogBytesKept / Log.AverageEntryBytes));

    /// <summary>Lets go of entries beyond what is kept, none after <paramref name="limit"/>; in steps, not one by one.</summary>
    public void TrimLog(LogIndex limit)
    {
        var upTo = LogIndex.Min(limit, new LogIndex(Log.Last.Index.Value - LogEntriesKept));
        if (upTo.Value - Log.Base.Index.Value < Math.Max(1, LogEntriesKept / 16)) return;
        Log.TrimTo(upTo);
        Emit(new TrimLogEffect(upTo));
    }

    public void ResetTo(LogPosition position, Revision lastRevision)
    {
        Log.Reset(position, lastRevision);
        (Committed, ApplyRequested, Applied) = (position.Index, position.Index, position.Index);
    }

    public void PublishPermit(long leaseUntil, long freshAsOf)
    {
        if (leaseUntil == _publishedLease && freshAsOf == _publishedFresh) return;
        (_publishedLease, _publishedFresh) = (leaseUntil, freshAsOf);
        Emit(new PublishReadPermitEffect(leaseUntil, freshAsOf));
    }

    /// <summary>Somebody acts under a configuration that this server has not seen; only the master's word counts (I4).</summary>
    public void AskForTopology()
    {
        if (Micros - _refreshAskedAt < Options.BeaconMicroseconds / 4) return;
        _refreshAskedAt = Micros;
        Emit(new RefreshTopologyEffect());
    }

    public Proposal Propose(ConfigurationChangeKind kind, ChangeReason reason, ServerId main, ImmutableArray<ServerId> inSync, Incarnation peer = default)
    {
        var proposal = new Proposal(new ConfigurationChange
        {
            RequestId = RequestIdOf(++_proposals),
            Node = Configuration!.Node,
            Server = Self.Id,
            Incarnation = Self.Incarnation,
            ExpectedEpoch = Epoch,
            Kind = kind,
            Main = main,
            InSync = inSync,
            PeerIncarnation = peer,
        }, reason);
        proposal.SendIfDue(this);
        return proposal;
    }

    // Unique without randomness: one server, one run of it, one counter.
    private Guid RequestIdOf(long number) =>
        new((int)Self.Id.Value, (short)(Self.Incarnation.Value >> 16), (short)Self.Incarnation.Value, BitConverter.GetBytes(number));
}

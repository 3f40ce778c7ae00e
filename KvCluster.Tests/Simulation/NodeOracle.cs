using KvCluster.Core.Commands;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Core.Replication.Inputs;
using KvCluster.Core.State;
using KvCluster.Protocol.Identity;
using KvCluster.Protocol.Topology;

namespace KvCluster.Tests.Simulation;

/// <summary>
/// Sees everything that happens in one node at once, which no server can, and holds it against the invariants of docs/PROTOCOL.md.
/// </summary>
/// <remarks>
/// The log of what was ever committed is written down at the moment a main's commit index moves. From then on every server that the
/// register could make main must have it on its disk; this is the audit of acknowledged writes, and stricter, because an entry that
/// was committed may have been read. Entries committed in mode <c>Relaxed</c> are on one disk only and may be lost; they are marked.
/// </remarks>
internal sealed class NodeOracle(SimWorld world, SimNode node)
{
    private readonly List<CommittedEntry> _committed = [];
    private readonly EntryNames _names = new(node.Name);
    private readonly List<(long At, LogIndex Index)> _acknowledged = [];
    private readonly Dictionary<SnapshotId, SimRows> _snapshots = [];
    private Epoch _newestEpoch;
    private (SimServer Server, Epoch Epoch) _reign;
    private bool _isLossGranted;
    private int _keptByForce;

    /// <summary>The newest entry that any client was told of.</summary>
    public LogIndex Acknowledged { get; private set; }

    /// <summary>
    /// Entries that were committed were lost: those on one disk in mode <c>Relaxed</c>, or by an operator's word. The history of the node is then no longer a register's.
    /// </summary>
    public bool HasLostEntries { get; private set; }

    public int CommittedCount => _committed.Count;

    public void AfterStep(SimProcess process, ReplicationInput input)
    {
        var core = process.Core!.Core;
        if (core.Configuration is { } configuration) RequireNewestEpochIsTheRegisters(configuration.Epoch);
        if (core.Role is ReplicaRole.Main or ReplicaRole.Reconciling)
        {
            if (core.Committed != process.CommittedBefore) Commit(process, core);
        }
        else if (core.Committed.Value > _committed.Count && !HasLostEntries)
            Fail("I1", $"s{process.Server.Number} believes {core.Committed} is committed after {input.GetType().Name}, the main only {_committed.Count}.");
        if (core.Applied > core.Committed && !HasLostEntries) Fail("I6", $"s{process.Server.Number} applied {core.Applied}, committed is {core.Committed}.");
        (process.RoleBefore, process.CommittedBefore) = (core.Role, core.Committed);
    }

    public void OnPermit(SimProcess process)
    {
        var core = process.Core!;
        world.Trace.Add(world.Now, process.Server.Number, TraceKind.Permit, core.LeaseUntil == long.MaxValue ? -1 : core.LeaseUntil, core.FreshAsOf);
        if (!core.IsPermitValid || process.HasFailed) return;
        if (core.Core.Committed.Value < _committed.Count) OnMissingAtMain(process, core.Core.Committed);
        foreach (var other in node.Servers)
        {
            if (other == process.Server || other.Process is not { IsAlive: true, HasFailed: false, Core: { IsPermitValid: true } } rival) continue;
            Fail("I2", $"s{process.Server.Number} and s{rival.Server.Number} both hold a valid read permit.");
        }
    }

    public void OnPersisted(SimServer server, IReadOnlyList<LogEntry> entries)
    {
        foreach (var entry in entries) _names.Require(entry, EpochBefore(server, entry.Index));
    }

    public void OnTruncated(SimProcess process, LogIndex from)
    {
        if (IsInSync(process.Server) && _committed.FindLastIndex(entry => !entry.IsRelaxed) + 1 >= from.Value)
            Fail("I3", $"s{process.Server.Number} is in the in-sync set and cuts its log from {from} on; committed is {_committed.Count}.");
    }

    // An operator promotes a server: what it does not have now is lost by that word, and nothing else.
    private void OnForced(SimServer? promoted)
    {
        world.Sightings.Note(world.Plan.HasRealMasters ? Sighting.PromotedByForceAtAMaster : Sighting.PromotedByForce);
        (_isLossGranted, HasLostEntries, _keptByForce) = (true, true, 0);
        if (promoted is null || !IsOfThisHistory(promoted.Disk.Log.Base)) return;
        while (_keptByForce < _committed.Count && IsHeldDurably(promoted, _keptByForce)) _keptByForce++;
    }

    // What a server has of another history was given up before.
    private bool IsOfThisHistory(LogPosition start) => start.Index.Value <= _committed.Count && !IsUnknown(start.Index) && PositionOf(start.Index) == start;

    private bool IsHeldDurably(SimServer server, int place) =>
        _committed[place].IsUnknown || server.Disk.Log.HoldsDurably(new LogPosition(_committed[place].Entry.Epoch, new LogIndex(place + 1)));

    public void OnSnapshotOpened(SnapshotId id, SimRows rows) => _snapshots[id] = rows;

    public void OnInstalled(SimProcess process, SnapshotId id)
    {
        if (process.Disk.Rows.DifferenceTo(_snapshots[id]) is { } difference) Fail("I9", $"s{process.Server.Number} installs as snapshot {id} what is not that state: {difference}.");
        if (IsInSync(process.Server) && !_isLossGranted) Fail("I3", $"s{process.Server.Number} is in the in-sync set and replaces its log by snapshot {id}.");
        if (id.Index.Value > _committed.Count || PositionOf(id.Index) != new LogPosition(id.Epoch, id.Index))
            if (!HasLostEntries) Fail("I6", $"Snapshot {id} contains what was never committed.");
    }

    public void OnApplied(SimProcess process, in LogEntry entry, Outcome outcome)
    {
        if (entry.Index.Value > _committed.Count)
        {
            if (!HasLostEntries) Fail("I6", $"s{process.Server.Number} applies {entry.Epoch}/{entry.Index}; committed is only {_committed.Count}.");
            return;
        }

        var committed = _committed[(int)entry.Index.Value - 1];
        if (HasLostEntries && committed.Entry.Epoch != entry.Epoch) return;
        if (committed.Entry.Epoch != entry.Epoch || committed.Entry.Revision != entry.Revision || !committed.Entry.Payload.Span.SequenceEqual(entry.Payload.Span))
            Fail("I1", $"s{process.Server.Number} applies {entry.Epoch}/{entry.Index}, committed there is {committed.Entry.Epoch}/{entry.Index}.");
        if (committed.Outcome is { } first && !IsSame(first, outcome))
            Fail("determinism", $"s{process.Server.Number} gets {outcome} from entry {entry.Index}, another server got {first}.");
        if (committed.Outcome is null) _committed[(int)entry.Index.Value - 1] = committed with { Outcome = outcome };
    }

    private static bool IsSame(Outcome one, Outcome other) =>
        one with { Replies = null } == other with { Replies = null } && IsSame(one.Replies ?? [], other.Replies ?? []);

    private static bool IsSame(IReadOnlyList<StepReply> some, IReadOnlyList<StepReply> others) =>
        some.Count == others.Count && some.Zip(others).All(pair => pair.First.Kind == pair.Second.Kind
            && pair.First.Number == pair.Second.Number && pair.First.Bytes.Span.SequenceEqual(pair.Second.Bytes.Span));

    public void OnAcknowledged(SimProcess process, LogIndex index, int copies)
    {
        if (index.Value > _committed.Count)
        {
            if (!HasLostEntries) Fail("I7", $"s{process.Server.Number} answers entry {index}, committed is only {_committed.Count}.");
            return;
        }

        var committed = _committed[(int)index.Value - 1];
        var holders = Math.Max(committed.Holders, HoldersOf(new LogPosition(committed.Entry.Epoch, index)));
        if (holders < copies && !HasLostEntries) Fail("I7", $"s{process.Server.Number} says entry {index} has {copies} copies; it is on {holders} disks.");
        if (committed.Mode == WriteMode.Strict && copies < 2) Fail("I7", $"s{process.Server.Number} acknowledges entry {index} in mode Strict with one copy.");
        Acknowledged = LogIndex.Max(Acknowledged, index);
        _acknowledged.Add((world.Now, Acknowledged));
    }

    /// <summary>A read was answered as main with what was applied up to <paramref name="applied"/> when the value was taken.</summary>
    public void OnRead(SimProcess process, LogIndex applied, LogIndex acknowledged)
    {
        if (applied < acknowledged && !HasLostEntries)
            Fail("stale read", $"s{process.Server.Number} answers as main from entry {applied} although {acknowledged} had been acknowledged.");
    }

    /// <summary>A replica claimed that its state was fresh at a moment of its own clock.</summary>
    public void OnReplicaRead(SimProcess process, LogPosition applied, long freshAsOf)
    {
        var moment = process.Server.Clock.RealOf(freshAsOf);
        var place = _acknowledged.FindLastIndex(item => item.At < moment);
        if (place < 0) return;

        // A state of another history has as many entries, and not these.
        var isOwnHistory = applied.Index.Value <= _committed.Count && (PositionOf(applied.Index) == applied || IsUnknown(applied.Index));
        if (_acknowledged[place].Index > applied.Index || !isOwnHistory)
            Fail("stale replica read", $"s{process.Server.Number} claims to be fresh as of {moment}, but has {applied} applied; {_acknowledged[place].Index} had been acknowledged.");
    }

    public void OnRegisterChanged(NodeInfo? before, NodeInfo after)
    {
        if (before is not null && after.Epoch < before.Epoch) Fail("I4", $"The epoch went back from {before.Epoch} to {after.Epoch}.");
        if (before is not null && after.Epoch == before.Epoch && (after.Main != before.Main || !after.InSync.SequenceEqual(before.InSync)))
            Fail("I4", $"Epoch {after.Epoch} has two configurations.");
        _newestEpoch = after.Epoch;
        if (world.Plan.HasRealMasters && before is not null && before.Main != after.Main && node.Find(before.Main) is { IsOutdated: true, IsUp: true }) world.Sightings.Note(Sighting.OldDiskLostItsPlace);
        if (before is not null && after.Lineage > before.Lineage) OnForced(node.Find(after.Main));
        foreach (var id in after.InSync)
            if (node.Find(id) is { } server) RequireEverything(server);
        foreach (var server in node.Servers)
            if (server.IsOutdated && server.Id is { } id && !after.InSync.Contains(id)) server.IsOutdated = false;
    }

    /// <summary>A crash may have taken something from the disk.</summary>
    public void OnDiskChanged(SimServer server)
    {
        if (IsInSync(server)) RequireEverything(server);
    }

    private void Commit(SimProcess process, ReplicationCore core)
    {
        var (mode, reign) = (core.Configuration!.WriteMode, (process.Server, core.Configuration.Epoch));
        if (mode == WriteMode.Relaxed && core.Configuration.Epoch < _newestEpoch && node.Main != process.Server)
        {
            // A deposed main that does not know it yet: what it commits alone is not in the log of the new one.
            LoseFrom(_committed.Count);
            return;
        }

        // A deposed main may still hear of acknowledgements that were sent before; it no longer speaks for the node.
        if (_reign != reign && reign.Epoch >= _reign.Epoch)
        {
            RequireOwnLog(process, core.Committed);
            if (_isLossGranted) AdoptBase(process.Disk.Log.Base.Index);
            _reign = reign;
            _isLossGranted = false;
        }

        // A new main may bring its log to the end alone; what is written from then on needs two disks.
        if (mode == WriteMode.Strict && process.RoleBefore == ReplicaRole.Main && core.Configuration.InSync.Length < 2)
            Fail("I7", $"s{process.Server.Number} commits {core.Committed} in mode Strict, alone.");
        for (var index = _committed.Count + 1; index <= core.Committed.Value; index++)
        {
            if (process.Disk.Log.At(new LogIndex(index)) is not { } entry || !process.Disk.Log.HoldsDurably(new LogPosition(entry.Epoch, entry.Index)))
            {
                Fail("I7", $"s{process.Server.Number} commits entry {index}, which is not on its own disk.");
                return;
            }

            var isOnAll = IsOnAllInSync(new LogPosition(entry.Epoch, entry.Index));
            if (!isOnAll && mode != WriteMode.Relaxed) Fail("I7", $"s{process.Server.Number} commits entry {entry.Epoch}/{index} that an in-sync server does not have on its disk.");
            var holders = HoldersOf(new LogPosition(entry.Epoch, entry.Index));
            var isEverywhere = node.Servers.TrueForAll(server => server.Disk.Log.HoldsDurably(new LogPosition(entry.Epoch, entry.Index)));
            _committed.Add(new CommittedEntry(entry, mode, mode == WriteMode.Relaxed && !isEverywhere, holders, null));
        }

        if (!_committed[^1].IsRelaxed) StrengthenPrefix();
        foreach (var server in node.Servers)
            if (server.IsOutdated && HoldsEverything(server)) server.IsOutdated = false;
    }

    // A main that serves without something that was committed, or with something else in its place.
    private void OnMissingAtMain(SimProcess process, LogIndex committed)
    {
        for (var i = (int)committed.Value; i < _committed.Count; i++)
            if (!_committed[i].IsRelaxed && !_isLossGranted) Fail("I3", $"s{process.Server.Number} serves with {committed} committed; entry {i + 1} was committed before.");
        LoseFrom((int)committed.Value);
    }

    private void RequireOwnLog(SimProcess process, LogIndex committed)
    {
        var log = process.Disk.Log;
        for (var i = (int)log.Base.Index.Value; i < _committed.Count; i++)
        {
            if (i < committed.Value && (_committed[i].IsUnknown || (log.At(new LogIndex(i + 1)) is { } entry && entry.Epoch == _committed[i].Entry.Epoch))) continue;
            if (!_committed[i].IsRelaxed && _isLossGranted && i < _keptByForce)
                Fail("I3", $"s{process.Server.Number} had {_keptByForce} committed entries when it was promoted by force, and reigns without entry {i + 1}.");
            if (!_committed[i].IsRelaxed && !_isLossGranted) Fail("I3", $"s{process.Server.Number} reigns without entry {_committed[i].Entry.Epoch}/{i + 1}, which was committed.");
            LoseFrom(i);
            return;
        }
    }

    // The server that was promoted by force may have a history of its own, longer than the one that was given up for it.
    private void AdoptBase(LogIndex start)
    {
        while (_committed.Count < start.Value) _committed.Add(CommittedEntry.Unknown);
    }

    // What comes before an entry that every in-sync disk has is on them as well.
    private void StrengthenPrefix()
    {
        for (var i = _committed.Count - 2; i >= 0 && _committed[i] is { IsRelaxed: true, IsUnknown: false }; i--) _committed[i] = _committed[i] with { IsRelaxed = false };
    }

    private void LoseFrom(int place)
    {
        HasLostEntries = true;
        if (!_isLossGranted) world.Sightings.Note(Sighting.RelaxedTailLost);
        _committed.RemoveRange(place, _committed.Count - place);
        _acknowledged.RemoveAll(item => item.Index.Value > place);
        Acknowledged = LogIndex.Min(Acknowledged, new LogIndex(place));
    }

    private bool IsOnAllInSync(LogPosition position)
    {
        if (node.Truth is not { } truth) return true;

        // The acknowledgement of a disk that is an old one by now may still be on its way.
        foreach (var id in truth.InSync)
            if (node.Find(id) is { IsOutdated: false } server && !server.Disk.Log.HoldsDurably(position)) return false;
        return true;
    }

    // A disk that was destroyed a moment ago may have had it.
    private int HoldersOf(LogPosition position) => node.Servers.Count(server => server.Disk.Log.HoldsDurably(position) || server.WasJustWiped);

    private void RequireEverything(SimServer server)
    {
        if (_isLossGranted || server.IsNewestKept) return;

        // Excused until it is found out, as long as somebody else in the set has everything.
        if (server.IsOutdated && node.Servers.Exists(other => other != server && !other.IsOutdated && IsInSync(other))) return;
        var log = server.Disk.Log;
        for (var i = (int)log.Base.Index.Value; i < _committed.Count; i++)
        {
            var position = new LogPosition(_committed[i].Entry.Epoch, new LogIndex(i + 1));
            if (!_committed[i].IsRelaxed && !log.HoldsDurably(position))
                Fail("I3", $"s{server.Number} is in the in-sync set of epoch {_newestEpoch} without entry {position.Epoch}/{position.Index}, which was committed.");
        }
    }

    private bool HoldsEverything(SimServer server)
    {
        for (var i = (int)server.Disk.Log.Base.Index.Value; i < _committed.Count; i++)
            if (!_committed[i].IsUnknown && !server.Disk.Log.HoldsDurably(new LogPosition(_committed[i].Entry.Epoch, new LogIndex(i + 1)))) return false;
        return true;
    }

    private void RequireNewestEpochIsTheRegisters(Epoch epoch)
    {
        if (epoch > _newestEpoch) Fail("I4", $"A server acts under epoch {epoch}; the register is at {_newestEpoch}.");
    }

    private bool IsInSync(SimServer server) => server.Id is { } id && node.Truth is { } truth && truth.InSync.Contains(id);

    private LogPosition PositionOf(LogIndex index) => index == LogIndex.Zero ? default : new LogPosition(_committed[(int)index.Value - 1].Entry.Epoch, index);

    private bool IsUnknown(LogIndex index) => index > LogIndex.Zero && _committed[(int)index.Value - 1].IsUnknown;

    private static Epoch EpochBefore(SimServer server, LogIndex index) =>
        server.Disk.Log.At(index.Previous) is { } entry ? entry.Epoch : server.Disk.Log.Base.Epoch;

    private void Fail(string invariant, string what) => throw new InvariantViolation(invariant, $"{node.Name}: {what}");
}

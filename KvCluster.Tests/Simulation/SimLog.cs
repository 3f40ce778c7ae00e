using System.Runtime.InteropServices;
using KvCluster.Core.Log;
using KvCluster.Core.Replication;
using KvCluster.Protocol.Identity;

namespace KvCluster.Tests.Simulation;

/// <summary>A log on a simulated disk: what the operating system shows, and what a loss of power would leave.</summary>
internal sealed class SimLog
{
    private readonly List<LogEntry> _shown = [];
    private readonly List<LogEntry> _durable = [];
    private readonly List<Change> _unsynced = [];

    public LogPosition Base { get; private set; }
    public Revision BaseRevision { get; private set; }
    public LogIndex Last => new(Base.Index.Value + _shown.Count);
    public LogIndex DurableLast => new(Base.Index.Value + _durable.Count);
    public int UnsyncedCount => _unsynced.Count;

    public void Append(LogIndex? truncateFrom, IReadOnlyList<LogEntry> entries)
    {
        if (truncateFrom is { } from) Note(new Change(from, default));
        foreach (var entry in entries) Note(new Change(null, entry));
    }

    public void Sync()
    {
        foreach (var change in _unsynced) Carry(change, _durable);
        _unsynced.Clear();
    }

    public LogEntry? At(LogIndex index) => index > Base.Index && index <= Last ? _shown[Place(index)] : null;

    /// <summary>The position is on the disk, or lies in what a snapshot or the applied state replaced.</summary>
    public bool HoldsDurably(LogPosition position) =>
        position.Index <= Base.Index || (position.Index <= DurableLast && _durable[Place(position.Index)].Epoch == position.Epoch);

    public IReadOnlyList<LogEntry> Read(LogIndex from, int bytesMax)
    {
        if (from <= Base.Index || from > Last) return [];
        var entries = new List<LogEntry>();
        long bytes = 0;
        for (var place = Place(from); place < _shown.Count && (entries.Count == 0 || bytes < bytesMax); place++)
        {
            entries.Add(_shown[place]);
            bytes += _shown[place].Bytes;
        }

        return entries;
    }

    public void Trim(LogIndex upTo)
    {
        upTo = LogIndex.Min(upTo, LogIndex.Min(Last, DurableLast));
        if (upTo <= Base.Index) return;
        var count = Place(upTo) + 1;
        var last = _shown[count - 1];
        _shown.RemoveRange(0, count);
        _durable.RemoveRange(0, count);
        (Base, BaseRevision) = (new LogPosition(last.Epoch, upTo), last.Revision);
    }

    /// <summary>In one durable step: the log is empty and begins after <paramref name="position"/>.</summary>
    public void Restart(LogPosition position, Revision revision)
    {
        _shown.Clear();
        _durable.Clear();
        _unsynced.Clear();
        (Base, BaseRevision) = (position, revision);
    }

    /// <summary>Power fails: of what was not synced, the first <paramref name="kept"/> changes are on the disk.</summary>
    public void LosePower(int kept)
    {
        foreach (var change in CollectionsMarshal.AsSpan(_unsynced)[..kept]) Carry(change, _durable);
        _unsynced.Clear();
        _shown.Clear();
        _shown.AddRange(_durable);
    }

    /// <summary>What is on the disk now, as a backup would have it.</summary>
    public void CopyDurableTo(SimLog other)
    {
        (other.Base, other.BaseRevision) = (Base, BaseRevision);
        other._durable.AddRange(_durable);
        other._shown.AddRange(_durable);
    }

    public IReadOnlyList<EpochStart> EpochStarts()
    {
        var starts = new List<EpochStart>();
        foreach (var entry in _shown)
            if (starts.Count == 0 || starts[^1].Epoch != entry.Epoch) starts.Add(new EpochStart(entry.Epoch, entry.Index));
        return starts;
    }

    public LogPosition LastPosition => _shown.Count == 0 ? Base : new LogPosition(_shown[^1].Epoch, _shown[^1].Index);
    public Revision LastRevision => _shown.Count == 0 ? BaseRevision : Revision.Max(BaseRevision, _shown[^1].Revision);

    private void Note(in Change change)
    {
        Carry(change, _shown);
        _unsynced.Add(change);
    }

    private void Carry(in Change change, List<LogEntry> log)
    {
        if (change.TruncateFrom is { } from)
        {
            var place = Place(from);
            if (place < log.Count) log.RemoveRange(place, log.Count - place);
            return;
        }

        if (change.Entry.Index.Value != Base.Index.Value + log.Count + 1)
            throw new InvariantViolation("disk", $"Entry {change.Entry.Index} was written behind {Base.Index.Value + log.Count}: the log has a gap or a doubled entry.");
        log.Add(change.Entry);
    }

    private int Place(LogIndex index) => (int)(index.Value - Base.Index.Value - 1);

    private readonly record struct Change(LogIndex? TruncateFrom, LogEntry Entry);
}
